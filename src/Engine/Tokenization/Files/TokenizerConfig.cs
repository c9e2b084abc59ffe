using System.Text.Json;
using Juxta.Engine.Tokenization.AddedTokens;

namespace Juxta.Engine.Tokenization.Files;

/// <summary>What lies beside tokenizer.json: tokenizer_config.json, special_tokens_map.json, chat templates in files of their own.</summary>
sealed record TokenizerConfig
{
    static readonly string[] Names = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    /// <summary>Name of the role (<c>eos_token</c>) → the token's text.</summary>
    public Dictionary<string, string> SpecialTokens { get; } = new(StringComparer.Ordinal);

    /// <summary>Tokens that the files declare, in order of their ids there.</summary>
    public List<AddedToken> AddedTokens { get; } = [];

    public Dictionary<string, string> ChatTemplates { get; } = new(StringComparer.Ordinal);

    public bool CleanUpSpaces { get; private set; }

    public void Add(ReadOnlyMemory<byte> json, string name, string? file)
    {
        using var document = JsonSection.Parse(json, name, file);
        var section = new JsonSection(document.RootElement, name, file);
        CleanUpSpaces |= section.Bool("clean_up_tokenization_spaces");
        AddDeclared(section);
        foreach (string role in Names)
            if (section.Find(role) is { } value && !SpecialTokens.ContainsKey(role)) AddSpecial(section, role, value);
        if (section.Find("extra_special_tokens") is { ValueKind: JsonValueKind.Object } extra)
            foreach (var entry in extra.EnumerateObject())
                if (!SpecialTokens.ContainsKey(entry.Name)) AddSpecial(section, entry.Name, entry.Value);
        if (section.Find("additional_special_tokens") is { ValueKind: JsonValueKind.Array } more)
            foreach (var element in more.EnumerateArray()) AddToken(section, "additional_special_tokens", element);
        AddTemplates(section);
    }

    void AddDeclared(JsonSection section)
    {
        if (section.Object("added_tokens_decoder") is not { } declared) return;
        foreach (var (_, token) in declared.Properties
            .Select(entry => (Id: int.TryParse(entry.Name, out int id) ? id : throw declared.Error($"'{entry.Name}' is no id"), Token: new JsonSection(entry.Value, $"{declared.Path}.{entry.Name}", declared.File)))
            .OrderBy(entry => entry.Id))
            AddedTokens.Add(AddedTokenReader.Read(token));
    }

    void AddSpecial(JsonSection section, string role, JsonElement value)
    {
        if (AddToken(section, role, value) is { Length: > 0 } content) SpecialTokens[role] = content;
    }

    /// <summary>A token as its text or as an object with flags.</summary>
    string? AddToken(JsonSection section, string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        bool isObject = value.ValueKind == JsonValueKind.Object;
        var token = isObject ? AddedTokenReader.Read(new JsonSection(value, $"{section.Path}.{name}", section.File)) with { Special = true }
            : new AddedToken(section.AsString(value, name), false, false, false, Normalized: false, Special: true);
        if (!AddedTokens.Exists(known => known.Content == token.Content)) AddedTokens.Add(token);
        return token.Content;
    }

    void AddTemplates(JsonSection section)
    {
        if (section.Find("chat_template") is not { } value) return;
        if (value.ValueKind == JsonValueKind.Array)
            foreach (var entry in section.Objects("chat_template"))
                ChatTemplates[entry.RequireString("name")] = entry.RequireString("template");
        else
            ChatTemplates["default"] = section.AsString(value, "chat_template");
    }
}

/// <summary>Reads an added token with its flags.</summary>
static class AddedTokenReader
{
    public static AddedToken Read(JsonSection section)
    {
        bool special = section.Bool("special");
        return new(section.RequireString("content"), section.Bool("single_word"), section.Bool("lstrip"), section.Bool("rstrip"),
            section.Bool("normalized", !special), special);
    }
}
