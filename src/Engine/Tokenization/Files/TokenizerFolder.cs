namespace Juxta.Engine.Tokenization.Files;

/// <summary>Finds and reads a tokenizer's files.</summary>
static class TokenizerFolder
{
    /// <summary>Larger files are refused; the largest known tokenizer.json has 33 MB.</summary>
    const long MaximumBytes = 512L << 20;

    public static Tokenizer Load(string folder)
    {
        string path = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(path))
            throw new ModelFormatException($"opening the tokenizer of {folder}: there is no tokenizer.json; copy it from the checkpoint's repository, or convert its tokenizer.model to one", path);
        var config = new TokenizerConfig();
        foreach (string name in (string[])["tokenizer_config.json", "special_tokens_map.json", "chat_template.json"])
            if (Path.Combine(folder, name) is var beside && File.Exists(beside)) config.Add(Read(beside), name, beside);
        ReadTemplates(folder, config);
        return Parse(Read(path), config, path);
    }

    public static Tokenizer Parse(ReadOnlyMemory<byte> json, TokenizerConfig config, string? file)
    {
        using var document = JsonSection.Parse(json, "tokenizer.json", file);
        return new Tokenizer(new JsonSection(document.RootElement, "tokenizer.json", file), config);
    }

    static void ReadTemplates(string folder, TokenizerConfig config)
    {
        string single = Path.Combine(folder, "chat_template.jinja"), more = Path.Combine(folder, "additional_chat_templates");
        if (File.Exists(single)) config.ChatTemplates["default"] = File.ReadAllText(single);
        if (!Directory.Exists(more)) return;
        foreach (string path in Directory.EnumerateFiles(more, "*.jinja").Order(StringComparer.Ordinal))
            config.ChatTemplates[Path.GetFileNameWithoutExtension(path)] = File.ReadAllText(path);
    }

    static byte[] Read(string path)
    {
        long length = new FileInfo(path).Length;
        return length <= MaximumBytes ? File.ReadAllBytes(path)
            : throw new ModelFormatException($"reading {Path.GetFileName(path)}: it has {length} bytes, more than the {MaximumBytes} a tokenizer file may have", path);
    }
}
