namespace Juxta.Engine.Tokenization.Files;

/// <summary>Reads the tokenizer of a folder: its vocabulary and what lies beside it.</summary>
static class TokenizerFolder
{
    /// <summary>Larger files are refused; the largest known tokenizer.json has 33 MB.</summary>
    const long MostJsonBytes = 512L << 20;

    /// <summary>The largest known model files have 5 MB.</summary>
    const long MostModelBytes = 32L << 20;

    public static Tokenizer Load(string folder)
    {
        if (TokenizerFile.In(folder) is not { } vocabulary)
        {
            throw new ModelFormatException(
                $"opening the tokenizer of {folder}: there is none of {string.Join(", ", TokenizerFile.Names)}; copy the one that the checkpoint's repository has",
                Path.Combine(folder, TokenizerFile.Names[0]));
        }
        var config = new TokenizerConfig();
        foreach (string name in (string[])["tokenizer_config.json", "special_tokens_map.json", "chat_template.json"])
            if (Path.Combine(folder, name) is var beside && File.Exists(beside)) config.Add(Read(beside, MostJsonBytes), name, beside);
        ReadTemplates(folder, config);
        if (vocabulary.Kind == TokenizerKind.TokenizerJson) return Parse(Read(vocabulary.Path, MostJsonBytes), config, vocabulary.Path);

        if (Path.Combine(folder, "added_tokens.json") is var numbered && File.Exists(numbered)) config.AddNumbered(Read(numbered, MostJsonBytes), "added_tokens.json", numbered);
        byte[] bytes = Read(vocabulary.Path, MostModelBytes);
        return new Tokenizer(vocabulary.Kind == TokenizerKind.Glm4 ? TiktokenFile.Read(bytes, config, vocabulary) : SentencePieceReader.Read(bytes, config, vocabulary), config);
    }

    public static Tokenizer Parse(ReadOnlyMemory<byte> json, TokenizerConfig config, string? file)
    {
        using var document = JsonSection.Parse(json, "tokenizer.json", file);
        return new Tokenizer(TokenizerJson.Read(new JsonSection(document.RootElement, "tokenizer.json", file), config), config);
    }

    static void ReadTemplates(string folder, TokenizerConfig config)
    {
        string single = Path.Combine(folder, "chat_template.jinja"), more = Path.Combine(folder, "additional_chat_templates");
        if (File.Exists(single)) config.ChatTemplates["default"] = File.ReadAllText(single);
        if (!Directory.Exists(more)) return;
        foreach (string path in Directory.EnumerateFiles(more, "*.jinja").Order(StringComparer.Ordinal))
            config.ChatTemplates[Path.GetFileNameWithoutExtension(path)] = File.ReadAllText(path);
    }

    static byte[] Read(string path, long most)
    {
        long length = new FileInfo(path).Length;
        return length <= most ? File.ReadAllBytes(path)
            : throw new ModelFormatException($"reading {Path.GetFileName(path)}: it has {length} bytes, more than the {most} a tokenizer file may have", path);
    }
}
