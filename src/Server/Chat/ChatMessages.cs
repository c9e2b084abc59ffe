using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Server.Wire;
using Juxta.Workbench.Chat;

namespace Juxta.Server.Chat;

/// <summary>The <c>messages</c> of a request → messages as chat templates expect them.</summary>
internal static class ChatMessages
{
    static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool", "function", "observation"];

    /// <exception cref="ApiException">400, naming the message and the field.</exception>
    public static IReadOnlyList<PromptMessage> Read(Fields body)
    {
        if (body.List("messages") is not { Count: > 0 } items)
        {
            throw ApiException.Invalid("'messages' is required: a list with at least one message", "messages", "missing_parameter");
        }

        return [.. items.Select(item => ReadMessage(new Fields(item.Value, item.Path)))];
    }

    static PromptMessage ReadMessage(Fields message)
    {
        string role = message.RequiredText("role");
        if (!Roles.Contains(role, StringComparer.Ordinal))
        {
            throw ApiException.Invalid($"'{message.PathOf("role")}' is \"{Shorten(role)}\"; expected one of {string.Join(", ", Roles)}", message.PathOf("role"));
        }

        JsonArray? toolCalls = role == "assistant" ? ReadToolCalls(message) : null;
        string content = ReadContent(message, mayBeAbsent: toolCalls is not null);
        var fields = new JsonObject();
        foreach (JsonProperty property in message.Element.EnumerateObject())
        {
            if (property.Name is not ("role" or "content" or "tool_calls") && property.Value.ValueKind != JsonValueKind.Null)
            {
                fields[property.Name] = JsonNode.Parse(property.Value.GetRawText());
            }
        }

        if (toolCalls is not null) fields["tool_calls"] = toolCalls;
        return new PromptMessage(TemplateRole(role), content, fields.Count == 0 ? null : fields);
    }

    /// <summary>Templates know the older names of two roles.</summary>
    static string TemplateRole(string role) => role switch
    {
        "developer" => "system",
        "function" => "tool",
        _ => role,
    };

    /// <summary>A string, or parts of type text, which are put together with nothing between them.</summary>
    static string ReadContent(Fields message, bool mayBeAbsent)
    {
        string path = message.PathOf("content");
        switch (message.Value("content"))
        {
            case null when mayBeAbsent:
                return "";
            case null:
                throw ApiException.Invalid($"'{path}' is required: a string, or a list of parts of type text", path, "missing_parameter");
            case { ValueKind: JsonValueKind.String } text:
                return text.GetString()!;
            case { ValueKind: JsonValueKind.Array } parts:
                return string.Concat(Fields.ReadList(parts, path).Select(part => ReadPart(new Fields(part.Value, part.Path))));
            case { } other:
                throw Fields.Wrong(path, "a string or a list of parts", other);
        }
    }

    static string ReadPart(Fields part)
    {
        string type = part.RequiredText("type");
        return type switch
        {
            "text" => part.Text("text") ?? throw ApiException.Invalid($"'{part.PathOf("text")}' is required: a string", part.PathOf("text"), "missing_parameter"),
            "refusal" => part.Text("refusal") ?? "",
            _ => throw ApiException.Invalid($"'{part.PathOf("type")}' is \"{Shorten(type)}\"; the models here read parts of type text only", part.PathOf("type")),
        };
    }

    /// <summary>OpenAI writes a call's arguments as a string of JSON; templates expect the object that it spells.</summary>
    static JsonArray? ReadToolCalls(Fields message)
    {
        if (message.List("tool_calls") is not { Count: > 0 } calls) return null;
        var read = new JsonArray();
        foreach ((JsonElement value, string path) in calls)
        {
            var call = new Fields(value, path);
            Fields function = call.Object("function") ?? throw ApiException.Invalid($"'{path}.function' is required: an object with name and arguments", $"{path}.function", "missing_parameter");
            function.RequiredText("name");
            JsonObject copy = JsonNode.Parse(value.GetRawText())!.AsObject();
            if (function.Value("arguments") is { ValueKind: JsonValueKind.String } arguments)
            {
                copy["function"]!["arguments"] = ParseArguments(arguments.GetString()!, function.PathOf("arguments"));
            }

            read.Add((JsonNode)copy);
        }

        return read;
    }

    static JsonObject ParseArguments(string text, string path)
    {
        if (string.IsNullOrWhiteSpace(text)) return new JsonObject();
        try
        {
            if (JsonNode.Parse(text) is JsonObject arguments) return arguments;
        }
        catch (JsonException)
        {
            // Said below, with the parameter's name.
        }

        throw ApiException.Invalid($"'{path}' must be a string that holds a JSON object, like \"{{\\\"city\\\":\\\"Paris\\\"}}\"", path);
    }

    static string Shorten(string text) => text.Length > 48 ? text[..48] + "…" : text;
}
