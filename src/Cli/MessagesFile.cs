using System.Text.Json;

namespace Juxta.Cli;

/// <summary>A JSON file with a list of messages, or an object that has one under "messages".</summary>
internal static class MessagesFile
{
    /// <param name="path">The file; "-" = stdin.</param>
    public static JsonElement Read(string path)
    {
        if (path != "-" && !File.Exists(path)) throw new InputException($"--messages {path}: no such file");
        JsonElement list;
        try
        {
            using JsonDocument document = JsonDocument.Parse(path == "-" ? Console.In.ReadToEnd() : File.ReadAllText(path));
            list = document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new InputException($"{path}: not valid JSON: {error.Message}");
        }
        if (list.ValueKind == JsonValueKind.Object && list.TryGetProperty("messages", out JsonElement inner)) list = inner;
        if (list.ValueKind != JsonValueKind.Array) throw new InputException($"{path}: expected a list of messages such as [{{\"role\":\"user\",\"content\":\"Hello\"}}]");
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("role", out JsonElement role) || role.ValueKind != JsonValueKind.String)
                throw new InputException($"{path}: every message needs a \"role\" and a \"content\"; found {item.GetRawText()}");
        }
        return list;
    }
}
