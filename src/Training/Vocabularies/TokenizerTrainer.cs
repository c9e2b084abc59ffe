using Juxta.Engine.Tokenization;
using Juxta.Engine.Tokenization.Models;
using Juxta.Engine.Tokenization.Patterns;
using Juxta.Engine.Tokenization.PreTokenizers;

namespace Juxta.Training.Vocabularies;

/// <summary>What a new vocabulary is to be like.</summary>
public sealed record TokenizerSettings
{
    /// <summary>Tokens in all: 256 bytes, merges, special tokens.</summary>
    public int VocabularySize { get; init; } = 4096;

    /// <summary>A pair must occur this often to be merged.</summary>
    public int LeastCount { get; init; } = 2;

    /// <summary>In the order of their ids, which come last.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|pad|>"];

    /// <summary>Cuts text into the words within which bytes are merged: contractions, words with the space before them, single digits, marks, line ends (the cut of Qwen2).</summary>
    public string Pattern { get; init; } =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
}

/// <summary>A vocabulary of bytes and their merges, learnt from texts.</summary>
/// <param name="Tokens">In the byte alphabet, by id: the bytes, then one for each merge.</param>
/// <param name="Merges">Ids of the two tokens that each merge joins, in the order they were learnt.</param>
/// <param name="Settings">What was asked for.</param>
public sealed record TrainedVocabulary(IReadOnlyList<string> Tokens, IReadOnlyList<(int Left, int Right)> Merges, TokenizerSettings Settings);

/// <summary>Learns byte-level byte pair encoding from texts: every text can be written in it, and the same texts give the same vocabulary.</summary>
public static class TokenizerTrainer
{
    /// <param name="progress">Share of the merges learnt, 0 … 1.</param>
    /// <exception cref="ArgumentException">The size leaves no room for the bytes and the special tokens, or a special token is given twice.</exception>
    public static TrainedVocabulary Train(IEnumerable<string> texts, TokenizerSettings settings, IProgress<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(settings);
        int merges = settings.VocabularySize - 256 - settings.SpecialTokens.Count;
        if (merges < 0) throw new ArgumentException($"a vocabulary of {settings.VocabularySize} has no room for 256 bytes and {settings.SpecialTokens.Count} special tokens", nameof(settings));
        if (settings.SpecialTokens.Distinct(StringComparer.Ordinal).Count() != settings.SpecialTokens.Count) throw new ArgumentException("a special token is given twice", nameof(settings));

        string[] bytes = [.. ByteAlphabet.Characters.Order().Select(character => character.ToString())];
        var tokens = new List<string>(bytes);
        Dictionary<char, int> ids = Enumerable.Range(0, 256).ToDictionary(id => bytes[id][0]);
        var trainer = new BytePairTrainer(Count(texts, settings).OrderBy(word => word.Key, StringComparer.Ordinal).Select(word => (word.Key.Select(c => ids[c]).ToArray(), word.Value)));
        var learnt = new List<(int, int)>();
        while (learnt.Count < merges && trainer.Merge(tokens.Count, settings.LeastCount) is { } pair)
        {
            learnt.Add(pair);
            tokens.Add(tokens[pair.Left] + tokens[pair.Right]);
            if (learnt.Count % 64 == 0) progress?.Report((double)learnt.Count / merges);
        }
        progress?.Report(1);
        return new TrainedVocabulary(tokens, learnt, settings);
    }

    /// <summary>Words in the byte alphabet, and how often each occurs. Special tokens that a text spells out are cut away: they are never merged.</summary>
    static Dictionary<string, long> Count(IEnumerable<string> texts, TokenizerSettings settings)
    {
        var words = new Dictionary<string, long>(StringComparer.Ordinal);
        PreTokenizer[] steps = [new SplitPreTokenizer(Pattern.Parse(settings.Pattern), SplitBehavior.Isolated, invert: false), new ByteLevelPreTokenizer(addPrefixSpace: false, useRegex: false, spell: true)];
        var pipeline = new Pipeline(steps, new WordCounter(words));
        foreach (string text in texts)
        {
            foreach (string part in text.Split([.. settings.SpecialTokens], StringSplitOptions.RemoveEmptyEntries))
                pipeline.Encode(new Piece(part, 0, part.Length, 1), []);
        }
        return words;
    }

    /// <summary>Stands where a model would turn words into ids.</summary>
    sealed class WordCounter(Dictionary<string, long> words) : TokenModel(new Vocabulary([]))
    {
        public override void Encode(ReadOnlySpan<char> word, List<int> ids)
        {
            string key = word.ToString();
            words[key] = words.GetValueOrDefault(key) + 1;
        }
    }
}
