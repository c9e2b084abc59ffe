using System.Buffers;
using Juxta.Engine.Tokenization.Patterns;

namespace Juxta.Engine.Tokenization.AddedTokens;

/// <summary>A stretch of text between added tokens, or an added token.</summary>
/// <param name="Start">First unit.</param>
/// <param name="End">Unit behind the last.</param>
/// <param name="Id">The token's id, or -1 for text.</param>
readonly record struct Section(int Start, int End, int Id);

/// <summary>Which special tokens may be recognised where.</summary>
abstract class Recognition
{
    /// <summary>Everywhere.</summary>
    public static Recognition Everywhere { get; } = new Constant(true);

    /// <summary>Nowhere: special tokens are plain text.</summary>
    public static Recognition Nowhere { get; } = new Constant(false);

    /// <summary>Whether a special token at these units of the text may be recognised.</summary>
    public abstract bool Allows(int start, int end);

    /// <summary>Whether a shorter or later token may be found within one that was not allowed. The reference never looks there.</summary>
    public virtual bool LooksWithinRefused => false;

    sealed class Constant(bool allows) : Recognition
    {
        public override bool Allows(int start, int end) => allows;
    }
}

/// <summary>Cuts a text at its added tokens: the leftmost first, the longest of those that begin at one place.</summary>
sealed class AddedTokenMatcher
{
    readonly AddedVocabulary _vocabulary;
    readonly Trie _trie = new();
    readonly SearchValues<char> _firstUnits;
    readonly bool _isEmpty;

    public AddedTokenMatcher(IEnumerable<(string Pattern, int Id)> tokens, AddedVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        HashSet<char> first = [];
        foreach (var (pattern, id) in tokens)
        {
            if (pattern.Length == 0) continue;
            _trie.Add(pattern, id);
            first.Add(pattern[0]);
        }
        _isEmpty = first.Count == 0;
        _firstUnits = SearchValues.Create([.. first]);
    }

    /// <summary>Sections in order; they cover the text, except for white space that a token swallowed.</summary>
    public List<Section> Cut(string text, Recognition recognition)
    {
        List<Section> sections = [];
        int covered = 0;
        for (int at = 0; !_isEmpty && FindNext(text, at, recognition) is var (start, end, id) && id >= 0; at = end)
        {
            var token = _vocabulary.TokenOf(id)!;
            if (token.Special && !recognition.Allows(start, end)) continue;
            if (token.SingleWord && (EndsWithWord(text, start) || StartsWithWord(text, end))) continue;

            int from = start, to = end;
            if (token.StripsLeft)
                while (from > covered && char.IsWhiteSpace(text[from - 1])) from--;
            if (token.StripsRight)
                while (to < text.Length && char.IsWhiteSpace(text[to])) to++;
            if (covered < from) sections.Add(new(covered, from, -1));
            sections.Add(new(from, to, id));
            covered = to;
        }
        if (covered < text.Length) sections.Add(new(covered, text.Length, -1));
        return sections;
    }

    (int Start, int End, int Id) FindNext(string text, int from, Recognition recognition)
    {
        for (int at = from; at < text.Length; at++)
        {
            int offset = text.AsSpan(at).IndexOfAny(_firstUnits);
            if (offset < 0) break;
            at += offset;
            var (end, id) = Longest(text, at, recognition);
            if (id >= 0) return (at, end, id);
        }
        return (0, 0, -1);
    }

    (int End, int Id) Longest(string text, int start, Recognition recognition)
    {
        int node = Trie.Root, longestEnd = start, longestId = -1;
        for (int end = start; end < text.Length && (node = _trie.Step(node, text[end])) >= 0;)
        {
            end++;
            if (_trie.ValueAt(node) is not (>= 0 and var id)) continue;
            if (recognition.LooksWithinRefused && _vocabulary.TokenOf(id)!.Special && !recognition.Allows(start, end)) continue;
            (longestEnd, longestId) = (end, id);
        }
        return (longestEnd, longestId);
    }

    static bool EndsWithWord(string text, int end)
    {
        if (end == 0) return false;
        bool pair = end >= 2 && char.IsSurrogatePair(text[end - 2], text[end - 1]);
        return CharacterClasses.WordOfStandard.Contains(pair ? char.ConvertToUtf32(text[end - 2], text[end - 1]) : text[end - 1]);
    }

    static bool StartsWithWord(string text, int start) =>
        start < text.Length && CharacterClasses.WordOfStandard.Contains(
            start + 1 < text.Length && char.IsSurrogatePair(text[start], text[start + 1]) ? char.ConvertToUtf32(text[start], text[start + 1]) : text[start]);
}
