using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Chrf;

/// <summary>
/// chrF++'s words: between white space, with one ASCII punctuation mark split off the end, else off the beginning, of words longer than one code point.
/// </summary>
internal sealed class ChrfWords
{
    readonly CharBuffer _buffer = new();
    readonly WordIds _ids = new();

    public void Clear()
    {
        _buffer.Clear();
        _ids.Clear();
    }

    public void Read(ReadOnlySpan<char> text, IdList ids)
    {
        int start = _buffer.Length;
        _buffer.Append(text);
        ReadOnlySpan<char> all = _buffer.Span;
        WordSpans words = PythonText.Words(all[start..]);
        while (words.MoveNext())
        {
            int from = start + words.Start, length = words.Current.Length;
            ReadOnlySpan<char> word = all.Slice(from, length);
            if (length == 1 || (length == 2 && char.IsSurrogatePair(word[0], word[1])))
            {
                ids.Add(_ids.Of(all, from, length));
            }
            else if (char.IsAscii(word[^1]) && (char.IsPunctuation(word[^1]) || char.IsSymbol(word[^1])))
            {
                ids.Add(_ids.Of(all, from, length - 1));
                ids.Add(_ids.Of(all, from + length - 1, 1));
            }
            else if (char.IsAscii(word[0]) && (char.IsPunctuation(word[0]) || char.IsSymbol(word[0])))
            {
                ids.Add(_ids.Of(all, from, 1));
                ids.Add(_ids.Of(all, from + 1, length - 1));
            }
            else
            {
                ids.Add(_ids.Of(all, from, length));
            }
        }
    }
}
