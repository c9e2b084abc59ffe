using System.Text;
using Juxta.Engine.Tokenization;

namespace Juxta.Training.Masks;

/// <summary>
/// Which stretch of a text each token stands for, in bytes of its UTF-8 form: a token may end within a character. Found by following the tokens' own bytes
/// through the text; where a tokenizer rewrites text (Unicode normal forms, unknown characters, swallowed white space) by where the tokens meet it again.
/// </summary>
internal sealed class TokenTrace
{
    /// <summary>Tokens looked at when the text has been rewritten: longer rewritten stretches count as one.</summary>
    const int Window = 64;

    readonly Tokenizer _tokenizer;
    readonly byte[] _text;
    readonly byte[][] _tokens;
    readonly int[] _starts, _ends;

    TokenTrace(Tokenizer tokenizer, string text, int[] ids)
    {
        _tokenizer = tokenizer;
        _text = Encoding.UTF8.GetBytes(text);
        _tokens = [.. ids.Select(tokenizer.BytesOf)];
        _starts = new int[ids.Length];
        _ends = new int[ids.Length];
        Follow(ids);
    }

    /// <param name="tokenizer">The one that made the ids.</param>
    /// <param name="text">The whole text.</param>
    /// <param name="ids">Its tokens, without what a tokenizer puts around them.</param>
    public static TokenTrace Of(Tokenizer tokenizer, string text, int[] ids) => new(tokenizer, text, ids);

    public int Count => _starts.Length;

    /// <summary>The byte at which a token begins.</summary>
    public int Start(int token) => _starts[token];

    /// <summary>The byte behind a token.</summary>
    public int End(int token) => _ends[token];

    /// <summary>The first token that reaches beyond a byte: it holds the byte, or begins behind it.</summary>
    public int FirstBeyond(int position)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ends[middle] > position) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    /// <summary>Whether several tokens share a rewritten stretch around a byte, so that none can be told to be on one side of it.</summary>
    public bool IsBlurred(int position)
    {
        int token = FirstBeyond(position);
        return token + 1 < Count && _starts[token] < position && _starts[token + 1] == _starts[token];
    }

    void Follow(int[] ids)
    {
        int at = 0;
        for (int k = 0; k < ids.Length;)
        {
            if (Match(k, at) is (int end, _))
            {
                (_starts[k], _ends[k]) = (at, end);
                at = end;
                k++;
                continue;
            }
            (int count, int next) = Meet(k, at);
            for (int i = k; i < k + count; i++) (_starts[i], _ends[i]) = (at, next);
            at = next;
            k += count;
        }
    }

    /// <summary>Where a token ends that begins at a byte, and whether it is there letter by letter; null when the text goes on otherwise.</summary>
    (int End, bool Exact)? Match(int token, int at)
    {
        ReadOnlySpan<byte> bytes = _tokens[token], rest = _text.AsSpan(at);
        if (rest.StartsWith(bytes)) return (at + bytes.Length, true);
        // SentencePiece's mark for the beginning of a word is a space that the text need not have.
        if (bytes.Length > 0 && bytes[0] == ' ' && rest.StartsWith(bytes[1..])) return (at + bytes.Length - 1, false);
        // Tokens that take the white space beside them along.
        int skipped = rest.Length - rest.TrimStart(" \t\r\n"u8).Length;
        if (skipped > 0 && bytes.Length > 0 && rest[skipped..].StartsWith(bytes)) return (at + skipped + bytes.Length, false);
        return null;
    }

    /// <summary>After rewritten text: how many tokens stand for it, and the byte where tokens and text agree again.</summary>
    (int Tokens, int Next) Meet(int token, int at)
    {
        int bytes = 0;
        for (int count = 1; count <= Window && token + count < Count; count++)
        {
            bytes += _tokens[token + count - 1].Length;
            int furthest = Math.Min(_text.Length, at + 16 + (8 * bytes));
            for (int next = at; next < furthest; next++)
                if (Agrees(token + count, next)) return (count, next);
        }
        return (Count - token <= Window ? Count - token : throw Untraceable(at), _text.Length);
    }

    bool Agrees(int token, int at)
    {
        if (_tokens[token].Length == 0 || Match(token, at) is not (int end, true)) return false;
        return token + 1 == Count || (Match(token + 1, end) is (int next, _) && next > end);
    }

    SampleException Untraceable(int at) => new(
        $"the tokenizer rewrites the text so much that its tokens cannot be followed from '{Encoding.UTF8.GetString(_text.AsSpan(at, Math.Min(40, _text.Length - at)))}' on, so nobody can say which of them belong to an answer; "
        + $"normalise the text first{(_tokenizer.UnkToken is { } unknown ? $", or choose a vocabulary that knows it ({unknown} stands for much of it)" : "")}");
}
