using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Rouge;

/// <summary>
/// The tokens of rouge_score: lower-case runs of ASCII letters and digits, words of more than three characters stemmed where asked for. Anything else,
/// Chinese included, separates; two characters beyond ASCII become letters when lowered, the Kelvin sign and the dotted capital I.
/// </summary>
internal sealed class RougeTokens(bool stem)
{
    const int MostStems = 1 << 16;

    readonly CharBuffer _buffer = new();
    readonly WordIds _ids = new();
    readonly Dictionary<string, string> _stems = new(StringComparer.Ordinal);

    /// <summary>Forgets the words: ids start anew.</summary>
    public void Clear()
    {
        _buffer.Clear();
        _ids.Clear();
    }

    /// <summary>Number of different words since.</summary>
    public int Different => _ids.Count;

    public void Read(ReadOnlySpan<char> text, IdList ids)
    {
        int start = _buffer.Length;
        foreach (char c in text)
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            {
                _buffer.Append(c);
                continue;
            }
            if (char.IsAsciiLetterUpper(c))
            {
                _buffer.Append((char)(c | 0x20));
                continue;
            }
            if (c == '\u212A')
            {
                _buffer.Append('k');
                continue;
            }
            if (c == '\u0130') _buffer.Append('i');
            Add(ref start, ids);
        }
        Add(ref start, ids);
    }

    /// <summary>Takes what has come since <paramref name="start"/> as a word.</summary>
    void Add(ref int start, IdList ids)
    {
        int length = _buffer.Length - start;
        if (length == 0) return;
        if (stem && length > 3)
        {
            string stemmed = StemOf(_buffer.From(start));
            start = _buffer.Length;
            _buffer.Append(stemmed);
            length = stemmed.Length;
        }
        if (length > 0) ids.Add(_ids.Of(_buffer.Span, start, length));
        start = _buffer.Length;
    }

    string StemOf(ReadOnlySpan<char> word)
    {
        var known = _stems.GetAlternateLookup<ReadOnlySpan<char>>();
        if (known.TryGetValue(word, out string? stemmed)) return stemmed;
        if (_stems.Count >= MostStems) _stems.Clear();
        return known[word] = PorterStemmer.Stem(word);
    }
}
