using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Workbench.Chat;

namespace Juxta.Web.Models;

/// <summary>
/// A conversation as a person types it: lines that begin with a role and a colon, or JSON (an array of messages, or an object with "messages", "tools" and
/// further variables of the template), as training files and the OpenAI API write it.
/// </summary>
internal static class ConversationText
{
    static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool", "observation"];

    const string Expected = "write turns such as “user: Hello”, or JSON such as [{\"role\": \"user\", \"content\": \"Hello\"}]";

    /// <exception cref="RequestException">It is neither, or a message has no role or a content that is not text.</exception>
    public static ChatPrompt Read(string text)
    {
        string trimmed = text.Trim();
        if (trimmed.Length == 0) throw Wrong($"there is no message: {Expected}");
        return trimmed[0] is '[' or '{' ? ReadJson(trimmed) : new ChatPrompt { Messages = ReadTurns(trimmed) };
    }

    static List<PromptMessage> ReadTurns(string text)
    {
        var messages = new List<PromptMessage>();
        var content = new StringBuilder();
        string? role = null;
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (RoleOf(line) is { } next)
            {
                End();
                role = next;
                content.Append(line[(next.Length + 1)..].TrimStart(' '));
            }
            else if (role is null)
            {
                throw Wrong($"the first line begins with no role: {Expected}");
            }
            else
            {
                content.Append('\n').Append(line);
            }
        }
        End();
        return messages;

        void End()
        {
            if (role is not null) messages.Add(new PromptMessage(role, content.ToString().TrimEnd('\n')));
            content.Clear();
        }
    }

    static string? RoleOf(string line) => Roles.FirstOrDefault(role => line.StartsWith(role + ":", StringComparison.Ordinal));

    static ChatPrompt ReadJson(string text)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowTrailingCommas = true, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw Wrong(e.LineNumber is { } line ? $"it begins like JSON and is not valid at line {line + 1}, byte {e.BytePositionInLine + 1}" : "it is JSON in which an object gives a key twice");
        }
        if (root is JsonArray array) return new ChatPrompt { Messages = Messages(array) };
        JsonObject request = root!.AsObject();
        if (request["messages"] is not JsonArray messages) throw Wrong($"the object has no list \"messages\": {Expected}");
        if (request["tools"] is { } tools and not JsonArray) throw Wrong("\"tools\" is not a list");
        string[] others = [.. request.Select(pair => pair.Key).Where(key => key is not ("messages" or "tools"))];
        return new ChatPrompt
        {
            Messages = Messages(messages),
            Tools = request["tools"]?.DeepClone().AsArray(),
            Variables = others.Length == 0 ? null : new JsonObject(others.Select(key => KeyValuePair.Create(key, request[key]?.DeepClone()))),
        };
    }

    static List<PromptMessage> Messages(JsonArray array)
    {
        if (array.Count == 0) throw Wrong($"there is no message: {Expected}");
        return [.. array.Select((node, i) => Message(node as JsonObject ?? throw Wrong($"message {i + 1} is no object: {Expected}"), i + 1))];
    }

    static PromptMessage Message(JsonObject message, int number)
    {
        string role = TextOf(message["role"]) is { Length: > 0 } given ? given : throw Wrong($"message {number} has no \"role\"");
        string content = message["content"] switch
        {
            null => "",
            JsonArray parts => string.Concat(parts.Select(part => TextOf((part as JsonObject)?["text"]) ?? throw Wrong($"message {number} has a part that is not text"))),
            { } node => TextOf(node) ?? throw Wrong($"the \"content\" of message {number} is no text"),
        };
        JsonObject fields = message.DeepClone().AsObject();
        fields.Remove("role");
        fields.Remove("content");
        return new PromptMessage(role, content, fields.Count == 0 ? null : fields);
    }

    static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    static RequestException Wrong(string message) => new(message, "the conversation");
}
