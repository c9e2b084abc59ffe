using System.Text.Json;

namespace Juxta.Cli.Bench;

/// <summary>What the eval sets that come with Juxta say: prompts and first references, English and Chinese.</summary>
internal static class ShippedText
{
    /// <param name="sets">Names of eval sets.</param>
    public static string Of(params ReadOnlySpan<string> sets)
    {
        var lines = new List<string>();
        foreach (string set in sets)
        {
            string folder = Shipped.Folder(Path.Combine("evalsets", set)) ?? throw new InputException("bench: the eval sets that come with Juxta are not here; give a text with --text FILE");
            foreach (string line in File.ReadLines(Path.Combine(folder, "samples.jsonl")))
            {
                using JsonDocument sample = JsonDocument.Parse(line);
                lines.AddRange(sample.RootElement.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("content")).Where(text => text.ValueKind == JsonValueKind.String).Select(text => text.GetString()!));
                if (sample.RootElement.TryGetProperty("references", out JsonElement references) && references.GetArrayLength() > 0) lines.Add(references[0].GetString()!);
            }
        }
        return string.Join('\n', lines);
    }
}
