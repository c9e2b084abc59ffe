using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine;

namespace Juxta.Workbench.Chat;

/// <summary>A conversation's tools, as a person writes them into its settings.</summary>
public static class ToolDefinitions
{
    /// <summary>Whether a conversation can take this text.</summary>
    /// <exception cref="RequestException">It is neither empty nor a JSON array of objects; the message says where and what was expected.</exception>
    public static void Check(string? text) => Read(text);

    /// <summary>The array, or null when the text is empty.</summary>
    /// <exception cref="RequestException">It is no JSON array of objects.</exception>
    internal static JsonArray? Read(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw Bad($"not valid JSON at line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}");
        }
        if (node is not JsonArray tools) throw Bad($"{Kind(node)} and not an array");
        for (int i = 0; i < tools.Count; i++)
            if (tools[i] is not JsonObject) throw Bad($"an array whose entry {i} is {Kind(tools[i])} and not an object");
        return tools.Count == 0 ? null : tools;
    }

    static string Kind(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "an object",
        JsonArray => "an array",
        _ => $"a {node.GetValueKind().ToString().ToLowerInvariant()}",
    };

    static RequestException Bad(string found) =>
        new($"""the tool definitions are {found}; expected an array such as [{"{"}"type": "function", "function": {"{"}"name": "…", "parameters": {"{"}…{"}"}{"}"}{"}"}]""", "tools");
}
