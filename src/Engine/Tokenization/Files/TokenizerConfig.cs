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

    /// <summary>The class of transformers that tokenizer_config.json names, without a "Fast" at its end: "LlamaTokenizer".</summary>
    public string Class { get; private set; } = "";

    /// <summary>add_bos_token; null where the files do not say.</summary>
    public bool? AddsBos { get; private set; }

    public bool? AddsEos { get; private set; }

    /// <summary>Whether text after a special token gets a space in front as text at the beginning does: the "legacy" way, which is also what files mean that say nothing.</summary>
    public bool Legacy { get; private set; } = true;

    /// <summary>num_image_tokens: ids in front of ChatGLM-6B's text ids.</summary>
    public int? ImageTokens { get; private set; }

    public void Add(ReadOnlyMemory<byte> json, string name, string? file)
    {
        using var document = JsonSection.Parse(json, name, file);
        var section = new JsonSection(document.RootElement, name, file);
        CleanUpSpaces |= section.Bool("clean_up_tokenization_spaces");
        AddSettings(section);
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

    void AddSettings(JsonSection section)
    {
        if (section.String("tokenizer_class") is { Length: > 0 } name) Class = name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name;
        if (section.Find("add_bos_token") is not null) AddsBos = section.Bool("add_bos_token");
        if (section.Find("add_eos_token") is not null) AddsEos = section.Bool("add_eos_token");
        Legacy &= section.Bool("legacy", otherwise: true);
        if (section.Find("num_image_tokens") is not null) ImageTokens = section.Int("num_image_tokens", 0);
        foreach (string unsupported in (string[])["do_lower_case", "remove_space"])
            if (section.Bool(unsupported)) RewritesText = unsupported;
    }

    /// <summary>A switch that is on and changes text before it is encoded; SentencePiece tokenizers refuse it.</summary>
    public string? RewritesText { get; private set; }

    /// <summary>added_tokens.json, which old tokenizers have: token → id.</summary>
    public void AddNumbered(ReadOnlyMemory<byte> json, string name, string? file)
    {
        using var document = JsonSection.Parse(json, name, file);
        var section = new JsonSection(document.RootElement, name, file);
        foreach (var entry in section.Properties)
        {
            int id = section.AsInt(entry.Value, entry.Name), known = AddedTokens.FindIndex(token => token.Content == entry.Name);
            if (known < 0) AddedTokens.Add(new(entry.Name, false, false, false, Normalized: false, Special: false) { Id = id });
            else AddedTokens[known] = AddedTokens[known] with { Id = AddedTokens[known].Id ?? id };
        }
    }

    void AddDeclared(JsonSection section)
    {
        if (section.Object("added_tokens_decoder") is not { } declared) return;
        foreach (var (id, token) in declared.Properties
            .Select(entry => (Id: int.TryParse(entry.Name, out int id) ? id : throw declared.Error($"'{entry.Name}' is no id"), Token: new JsonSection(entry.Value, $"{declared.Path}.{entry.Name}", declared.File)))
            .OrderBy(entry => entry.Id))
            AddedTokens.Add(AddedTokenReader.Read(token) with { Id = id });
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
