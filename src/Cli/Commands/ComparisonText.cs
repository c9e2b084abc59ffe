using System.Text.Json;
using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization;

namespace Juxta.Cli.Commands;

/// <summary>How a shipped chat template differs from the built-in format, in words.</summary>
internal static class ComparisonText
{
    const int ShownTokens = 6;

    static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Summary(TemplateComparison comparison) => comparison.Differences.Count == 0
        ? $"writes what the built-in format {comparison.Format} writes"
        : $"differs from the built-in format {comparison.Format} in {comparison.Differences.Count} of {comparison.Probes} probe conversations ({string.Join(", ", comparison.Differences.Select(difference => difference.Conversation))})";

    public static void Write(TemplateComparison comparison, Tokenizer tokenizer, TextWriter output)
    {
        output.WriteLine($"the folder's template {Summary(comparison)}");
        foreach (TemplateDifference difference in comparison.Differences)
        {
            output.WriteLine();
            output.WriteLine($"{difference.Conversation}: the first {difference.FirstToken} tokens are the same, then");
            output.WriteLine($"  the folder's  {From(difference.ShippedIds, difference.FirstToken, tokenizer, difference.Shipped)}");
            output.WriteLine($"  built in      {From(difference.BuiltInIds, difference.FirstToken, tokenizer, difference.BuiltIn)}");
        }
    }

    /// <summary>The first tokens that differ, with their spelling; for a refusal, its words.</summary>
    static string From(IReadOnlyList<int> ids, int first, Tokenizer tokenizer, string text) => ids.Count == 0 ? text : first == ids.Count ? "ends"
        : string.Join(' ', ids.Skip(first).Take(ShownTokens).Select(id => $"{id} {JsonSerializer.Serialize(tokenizer.TokenOf(id), Readable)}")) + (ids.Count > first + ShownTokens ? " …" : "");
}
