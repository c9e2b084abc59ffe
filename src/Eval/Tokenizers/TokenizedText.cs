using Juxta.Eval.Text;

namespace Juxta.Eval.Tokenizers;

/// <summary>Turns the texts of one answer, one after another, into lists of word ids that are comparable with each other.</summary>
internal sealed class TokenizedText
{
    readonly CharBuffer _buffer = new();
    readonly WordIds _ids = new();

    /// <summary>Forgets the words: ids start anew.</summary>
    public void Clear()
    {
        _buffer.Clear();
        _ids.Clear();
    }

    /// <summary>Ids of the words of a text after the tokenizer.</summary>
    public void Read(ReadOnlySpan<char> text, ITextTokenizer tokenizer, IdList ids)
    {
        int start = _buffer.Length;
        tokenizer.Tokenize(text, _buffer);
        ids.Clear();
        ReadOnlySpan<char> all = _buffer.Span;
        WordSpans words = PythonText.Words(all[start..]);
        while (words.MoveNext()) ids.Add(_ids.Of(all, start + words.Start, words.Current.Length));
    }
}
