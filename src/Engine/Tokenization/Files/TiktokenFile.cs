using System.Buffers.Text;
using Juxta.Engine.Tokenization.AddedTokens;
using Juxta.Engine.Tokenization.Decoders;
using Juxta.Engine.Tokenization.Models;
using Juxta.Engine.Tokenization.Patterns;
using Juxta.Engine.Tokenization.PreTokenizers;

namespace Juxta.Engine.Tokenization.Files;

/// <summary>
/// Reads GLM-4's <c>tokenizer.model</c>: a line a token, its bytes in base64 and its rank (tiktoken's format). Neighbours merge when their bytes together
/// are a token, lowest rank first; a word that is a token as a whole is that token. The pattern that cuts text into words and the special tokens are not in
/// the file: they are those of the GLM-4 code.
/// </summary>
static class TiktokenFile
{
    /// <summary>No token is longer; looking through the ways to halve one takes quadratic time.</summary>
    const int LongestToken = 512;

    const string Words =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>In the order of their ids, from the end of the ranks on.</summary>
    static readonly string[] Specials =
    [
        "<|endoftext|>", "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>",
        "<|begin_of_image|>", "<|end_of_image|>", "<|begin_of_video|>", "<|end_of_video|>",
    ];

    /// <summary>Whether a file's first line is a token and a rank.</summary>
    public static bool LooksLike(string path)
    {
        Span<byte> start = stackalloc byte[LongestToken * 2];
        using var stream = File.OpenRead(path);
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        int end = start.IndexOf((byte)'\n');
        return TryParse(end < 0 ? start : start[..end], out _, out _);
    }

    public static TokenizerParts Read(byte[] bytes, TokenizerConfig config, TokenizerFile file)
    {
        if (config.Class.Length > 0 && !config.Class.StartsWith("ChatGLM", StringComparison.Ordinal) && config.Class != "PreTrainedTokenizer")
            throw new ModelFormatException($"reading {Path.GetFileName(file.Path)}: a list of ranks whose words are cut as {config.Class} does is not supported, only GLM-4's; put the repository's tokenizer.json into the folder", file.Path);
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        int line = 0;
        foreach (var range in MemoryExtensions.Split(bytes.AsSpan(), (byte)'\n'))
        {
            line++;
            var text = bytes.AsSpan()[range];
            if (text.Trim("\r \t"u8).IsEmpty) continue;
            if (!TryParse(text, out byte[] token, out int rank)) throw Error($"line {line}: expected a token in base64, a space and its rank");
            if (token.Length > LongestToken) throw Error($"line {line}: the token has {token.Length} bytes, more than the {LongestToken} a token may have");
            if (rank > Vocabulary.LargestId) throw Error($"line {line}: the rank {rank} is beyond {Vocabulary.LargestId}, more than any vocabulary has");
            if (!ids.TryAdd(ByteAlphabet.Spell(token), rank)) throw Error($"line {line}: the token is there twice");
        }
        if (ids.Values.Distinct().Count() != ids.Count) throw Error("two tokens have the same rank");
        for (int value = 0; value < 256; value++)
            if (!ids.ContainsKey(ByteAlphabet.Characters[value].ToString())) throw Error($"the byte 0x{value:X2} is no token; expected all 256 bytes");

        var vocabulary = new Vocabulary(ids);
        var (merges, ranks) = Merges(ids);
        var model = new BytePairEncoding(vocabulary, merges, new BytePairOptions { ByteLevel = true, IgnoreMerges = true }, ranks);
        var added = new AddedVocabulary(Tokens(config, ids.Count), vocabulary, null, firstFreeId: Math.Max(vocabulary.Size, config.AddedTokens.Max(token => token.Id + 1) ?? 0));
        config.SpecialTokens.TryAdd("eos_token", "<|endoftext|>");
        config.SpecialTokens.TryAdd("pad_token", "<|endoftext|>");
        return new(TokenizerKind.Glm4, model, added)
        {
            Steps = [new SplitPreTokenizer(Pattern.Parse(Words), SplitBehavior.Isolated, invert: false)],
            PostProcessor = added.IdOf("[gMASK]") is int mask && added.IdOf("<sop>") is int start ? new([mask, start], []) : PostProcessor.None,
            Decoders = [new ByteLevelDecoder()],
        };

        ModelFormatException Error(string what) => new($"reading {Path.GetFileName(file.Path)}: {what}", file.Path);
    }

    static bool TryParse(ReadOnlySpan<byte> line, out byte[] token, out int rank)
    {
        line = line.Trim("\r \t"u8);
        int space = line.IndexOf((byte)' ');
        (token, rank) = ([], 0);
        if (space <= 0 || !Utf8Parser.TryParse(line[(space + 1)..], out rank, out int read) || read != line.Length - space - 1 || rank < 0) return false;
        byte[] decoded = new byte[space];
        if (Base64.DecodeFromUtf8(line[..space], decoded, out int consumed, out int written) != System.Buffers.OperationStatus.Done || consumed != space || written == 0) return false;
        token = decoded[..written];
        return true;
    }

    /// <summary>Every way to halve a token into two tokens, with the token's rank.</summary>
    static (List<(int, int, int)> Merges, List<int> Ranks) Merges(Dictionary<string, int> ids)
    {
        var byText = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        List<(int, int, int)> merges = [];
        List<int> ranks = [];
        foreach (var (text, id) in ids)
        {
            for (int border = 1; border < text.Length; border++)
            {
                if (!byText.TryGetValue(text.AsSpan(0, border), out int left) || !byText.TryGetValue(text.AsSpan(border), out int right)) continue;
                merges.Add((left, right, id));
                ranks.Add(id);
            }
        }
        return (merges, ranks);
    }

    /// <summary>What the configuration declares with ids, or else the code's own list; then what the configuration names besides.</summary>
    static List<AddedToken> Tokens(TokenizerConfig config, int firstId)
    {
        if (config.AddedTokens.Exists(token => token.Id is not null)) return config.AddedTokens;
        List<AddedToken> tokens = [.. Specials.Select((text, index) => AddedToken.OfSpecial(text, firstId + index))];
        tokens.AddRange(config.AddedTokens.Where(token => !Specials.Contains(token.Content)));
        return tokens;
    }
}
