using System.Text.Json;

namespace Juxta.Cli;

/// <summary>An object of a JSON Lines file; its errors name file, line and field.</summary>
internal sealed record JsonLine(string File, int Number, JsonElement Value)
{
    public JsonElement? Find(string name) => Value.TryGetProperty(name, out JsonElement found) && found.ValueKind != JsonValueKind.Null ? found : null;

    public string Text(string name)
    {
        if (Find(name) is not { ValueKind: JsonValueKind.String } text) throw Wrong(name, "a string");
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name, "valid Unicode text (it holds half of a surrogate pair)");
        }
    }

    public bool Flag(string name, bool fallback) => Find(name) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Wrong(name, "true or false"),
    };

    public int[] Ids(string name)
    {
        if (Find(name) is not { ValueKind: JsonValueKind.Array } list) throw Wrong(name, "a list of token ids");
        return [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int id) ? id : throw Wrong(name, "a list of token ids"))];
    }

    public InputException Wrong(string name, string expected) => Error($"'{name}' should be {expected}; found {(Find(name) is { } found ? Shorten(found.GetRawText()) : "nothing")}");

    public InputException Error(string message) => new($"{File}:{Number}: {message}");

    static string Shorten(string json) => json.Length <= 60 ? json : json[..60] + "…";
}
