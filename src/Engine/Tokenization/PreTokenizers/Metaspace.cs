using System.Text;
using Juxta.Engine.Tokenization.Patterns;

namespace Juxta.Engine.Tokenization.PreTokenizers;

/// <summary>Where SentencePiece's mark for a space is put before text that does not begin with one.</summary>
enum PrependScheme { Always, First, Never }

/// <summary>SentencePiece's way with spaces (Kudo and Richardson 2018): each becomes a visible mark, and words begin with it.</summary>
sealed class MetaspacePreTokenizer(Rune replacement, PrependScheme scheme, bool split) : PreTokenizer
{
    readonly string _mark = replacement.ToString();
    readonly SplitPreTokenizer _splitter = new(Pattern.Literal(replacement.ToString()), SplitBehavior.MergedWithNext, invert: false);

    public override void Split(Piece piece, Pipeline.Next next)
    {
        string text = piece.Span.ToString().Replace(" ", _mark, StringComparison.Ordinal);
        bool prepends = scheme == PrependScheme.Always || (scheme == PrependScheme.First && piece.Opening > 0);
        if (prepends && !text.StartsWith(_mark, StringComparison.Ordinal)) text = _mark + text;
        if (split) _splitter.Split(piece.With(text), next);
        else next.Take(piece.With(text));
    }
}
