using System.Text.Json;
using Juxta.Engine.Tokenization.AddedTokens;
using Juxta.Engine.Tokenization.Models;
using Juxta.Engine.Tokenization.Normalizers;
using Juxta.Engine.Tokenization.SentencePiece;

namespace Juxta.Engine.Tokenization.Files;

/// <summary>Makes a tokenizer of a SentencePiece model: as the program has it, or with what the code of the three ChatGLM generations adds.</summary>
static class SentencePieceReader
{
    /// <summary>Behind the pieces of ChatGLM2-6B and ChatGLM3-6B, in order; the last four are ChatGLM3's alone.</summary>
    static readonly string[] ChatGlmTokens = ["[MASK]", "[gMASK]", "[sMASK]", "sop", "eop", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>"];

    /// <summary>Pieces of ChatGLM-6B's vocabulary that text cannot spell.</summary>
    static readonly string[] ChatGlm6Tokens = ["<unk>", "<pad>", "<s>", "</s>", "[MASK]", "[gMASK]", "[sMASK]", "<unused_0>", "<sop>", "<eop>", "<ENC>", "<dBLOCK>"];

    /// <summary>Classes of transformers that shift the model's ids.</summary>
    static readonly string[] Shifting = ["XLMRobertaTokenizer", "XGLMTokenizer", "CamembertTokenizer", "BarthezTokenizer", "MBartTokenizer", "MBart50Tokenizer", "NllbTokenizer", "XLMProphetNetTokenizer"];

    /// <summary>ChatGLM-6B's early release had so many ids of images in front.</summary>
    const int ImageTokens = 20_000;

    public static TokenizerParts Read(byte[] bytes, TokenizerConfig config, TokenizerFile source)
    {
        string name = Path.GetFileName(source.Path);
        if (Shifting.Contains(config.Class)) throw Error($"{config.Class} gives its pieces other ids than the model does, which is not supported; put the repository's tokenizer.json into the folder");
        if (config.RewritesText is { } rewrites) throw Error($"tokenizer_config.json switches {rewrites} on, which is not supported");
        var file = SentencePieceFile.Read(bytes, name, source.Path);

        int firstId = source.Kind == TokenizerKind.ChatGlm ? ImageTokensOf(config, file, source) : 0;
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        for (int piece = 0; piece < file.Pieces.Count; piece++)
            if (!ids.TryAdd(file.Pieces[piece].Text, firstId + piece)) throw Error($"piece {piece} ('{file.Pieces[piece].Text}') is there twice");
        var vocabulary = new Vocabulary(ids);

        List<AddedToken> tokens = Tokens(source.Kind, config, file, ids);
        var added = new AddedVocabulary(tokens, vocabulary, null, firstFreeId: Math.Max(vocabulary.Size, tokens.Max(token => token.Id + 1) ?? 0));
        if (added.Size > Vocabulary.LargestId) throw Error($"an added token has the id {added.Size - 1}, more than any vocabulary has");
        AddRoles(source.Kind, config, file);

        // A special token typed in text must stay text, so the model may not find it by itself.
        HashSet<string> special = [.. tokens.Where(token => token.Special).Select(token => token.Content)];
        var pieces = new PieceTable([.. file.Pieces.Select(piece => special.Contains(piece.Text) ? piece with { Type = PieceType.Control } : piece)], firstId, file.UnknownId, file.ByteFallback);
        var userDefined = new UserDefinedPieces(pieces.UserDefined);
        bool apart = config.Legacy;
        Normalizer normalizer = new SentencePieceNormalizer(file, CharacterMap.Read(file.CharacterMap, name, source.Path), userDefined, prefixOnlyAtBeginning: !apart);
        return new(source.Kind, file.IsBytePairs ? new SentencePieceBytePairs(vocabulary, pieces, userDefined, name, source.Path) : new SentencePieceUnigram(vocabulary, pieces), added)
        {
            Normalizer = source.Kind == TokenizerKind.ChatGlm ? new NormalizerSequence([new ChatGlmWhitespace(), normalizer]) : normalizer,
            PostProcessor = Around(source.Kind, config, added),
            Decoders = [new SentencePieceDecoder(file, Declared(tokens, file, config), apart && file.AddDummyPrefix, source.Kind == TokenizerKind.ChatGlm ? ChatGlmWhitespace.Spellings : new Dictionary<string, string>())],
        };

        ModelFormatException Error(string what) => new($"reading {name}: {what}", source.Path);
    }

    /// <summary>Special tokens that show when text is decoded: those that code or configuration adds. The model's own control pieces are invisible, as in the program.</summary>
    static HashSet<string> Declared(List<AddedToken> tokens, SentencePieceFile file, TokenizerConfig config) =>
        [.. tokens.Where(token => config.AddedTokens.Exists(known => known.Content == token.Content) || !file.Pieces.Exists(piece => piece.Text == token.Content && piece.Type is PieceType.Control or PieceType.Unknown))
            .Select(token => token.Content)];

    /// <summary>A token of code or vocabulary stays special though the configuration may call it ordinary, as ChatGLM3-6B's does with its role tokens.</summary>
    static List<AddedToken> Tokens(TokenizerKind kind, TokenizerConfig config, SentencePieceFile file, Dictionary<string, int> ids)
    {
        IEnumerable<AddedToken> own = kind switch
        {
            TokenizerKind.ChatGlm => ChatGlm6Tokens.Where(ids.ContainsKey).Select(token => AddedToken.OfSpecial(token)),
            TokenizerKind.ChatGlm2 => ChatGlmTokens.Take(5).Select((token, index) => AddedToken.OfSpecial(token, file.Pieces.Count + index)),
            TokenizerKind.ChatGlm3 => ChatGlmTokens.Select((token, index) => AddedToken.OfSpecial(token, file.Pieces.Count + index)),
            _ => [],
        };
        var control = file.Pieces.Where(piece => piece.Type is PieceType.Control or PieceType.Unknown).Select(piece => AddedToken.OfSpecial(piece.Text));
        return [.. own.Concat(control).Concat(config.AddedTokens).GroupBy(token => token.Content).Select(same =>
            same.Aggregate((first, next) => next with { Id = next.Id ?? first.Id, Special = first.Special || next.Special }) with { Normalized = false })];
    }

    static void AddRoles(TokenizerKind kind, TokenizerConfig config, SentencePieceFile file)
    {
        (string Role, string? Token)[] roles = kind switch
        {
            TokenizerKind.ChatGlm => [("bos_token", "<sop>"), ("eos_token", "<eop>"), ("pad_token", "<pad>"), ("unk_token", "<unk>"), ("mask_token", "[MASK]")],
            TokenizerKind.ChatGlm2 or TokenizerKind.ChatGlm3 => [("eos_token", file.Eos), ("pad_token", file.Pieces[file.UnknownId].Text), ("unk_token", file.Pieces[file.UnknownId].Text)],
            _ => [("bos_token", file.Bos), ("eos_token", file.Eos), ("pad_token", file.Pad), ("unk_token", file.Pieces[file.UnknownId].Text)],
        };
        foreach (var (role, token) in roles)
            if (token is not null) config.SpecialTokens.TryAdd(role, token);
    }

    static PostProcessor Around(TokenizerKind kind, TokenizerConfig config, AddedVocabulary added)
    {
        if (kind == TokenizerKind.ChatGlm) return new([], Ids("[gMASK]", "<sop>"));
        if (kind is TokenizerKind.ChatGlm2 or TokenizerKind.ChatGlm3) return new(Ids("[gMASK]", "sop"), []);
        bool opens = config.AddsBos ?? config.Class is not ("T5Tokenizer" or "BaichuanTokenizer"), closes = config.AddsEos ?? config.Class == "T5Tokenizer";
        return new(opens ? Role("bos_token") : [], closes ? Role("eos_token") : []);

        int[] Role(string role) => config.SpecialTokens.TryGetValue(role, out string? token) ? Ids(token) : [];
        int[] Ids(params string[] tokens) => [.. tokens.Select(added.IdOf).OfType<int>()];
    }

    /// <summary>What the configuration says, else what fits the size of the embedding, else what the code does by default.</summary>
    static int ImageTokensOf(TokenizerConfig config, SentencePieceFile file, TokenizerFile source)
    {
        if (config.ImageTokens is { } given)
            return given <= Vocabulary.LargestId ? given : throw new ModelFormatException($"reading tokenizer_config.json: num_image_tokens is {given}, more than any vocabulary has", source.Path);
        string path = Path.Combine(Path.GetDirectoryName(source.Path)!, "config.json");
        if (!File.Exists(path)) return ImageTokens;
        using JsonDocument document = JsonSection.Parse(File.ReadAllBytes(path), "config.json", path);
        int size = new JsonSection(document.RootElement, "config.json", path).Int("vocab_size", int.MaxValue);
        return size < ImageTokens + file.Pieces.Count ? 0 : ImageTokens;
    }
}
