using System.Text.Json.Nodes;

namespace Juxta.Workbench.Chat;

/// <summary>What a message has besides role and text (<c>name</c>, <c>tool_calls</c> …), stored as the text of a JSON object.</summary>
internal static class MessageFields
{
    public static JsonObject? Read(string? stored) => stored is null ? null : JsonNode.Parse(stored)!.AsObject();

    public static string? Write(JsonObject? fields) => fields is { Count: > 0 } ? fields.ToJsonString() : null;
}
