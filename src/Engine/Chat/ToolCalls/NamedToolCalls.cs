using System.Text.Json;

namespace Juxta.Engine.Chat;

/// <summary>The tool's name on the answer's first line, where other answers have an empty one, and its arguments as a JSON object behind it: GLM-4.</summary>
internal sealed class NamedToolCalls : ToolCallForm
{
    public override int Settled(string text, bool first, IReadOnlyCollection<string> tools) =>
        first && tools.Any(tool => text.Length <= tool.Length ? tool.StartsWith(text, StringComparison.Ordinal) : Begins(text, tool)) ? 0 : text.Length;

    public override (string Text, IReadOnlyList<ToolCall> Calls) Read(string text, bool first, IReadOnlyCollection<string> tools)
    {
        if (!first || tools.FirstOrDefault(tool => Begins(text, tool)) is not { } name) return (text, []);
        string arguments = text[(name.Length + 1)..].Trim();
        try
        {
            using JsonDocument document = JsonDocument.Parse(arguments);
            return document.RootElement.ValueKind == JsonValueKind.Object ? ("", [new ToolCall(name, arguments)]) : (text, []);
        }
        catch (JsonException)
        {
            return (text, []);
        }
    }

    static bool Begins(string text, string tool) => text.Length > tool.Length && text[tool.Length] == '\n' && text.StartsWith(tool, StringComparison.Ordinal);
}
