using Juxta.Engine.Tokenization.Patterns;

namespace Juxta.Engine.Tokenization.PreTokenizers;

/// <summary>What becomes of the matches of a split.</summary>
enum SplitBehavior { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous }

/// <summary>
/// Splits at the matches of a pattern, or at what lies between them when inverted. The matches and the stretches between them are
/// laid out in a row; the behaviour says which neighbours are joined.
/// </summary>
sealed class SplitPreTokenizer(Pattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    public override void Split(Piece piece, Pipeline.Next next)
    {
        using var matches = pattern.Matches(piece.Span);
        var joiner = new Joiner(piece, behavior, next);
        int end = 0;
        while (matches.MoveNext())
        {
            if (matches.Start > end) joiner.Add(end, matches.Start, invert);
            joiner.Add(matches.Start, matches.End, !invert);
            end = matches.End;
        }
        if (end < piece.Length) joiner.Add(end, piece.Length, invert);
        joiner.Finish();
    }

    /// <summary>Holds back one part until it is known whether the following one joins it.</summary>
    struct Joiner(Piece piece, SplitBehavior behavior, Pipeline.Next next)
    {
        int _start = -1, _end;
        bool _wasMatch;

        public void Add(int start, int end, bool isMatch)
        {
            if (behavior == SplitBehavior.Isolated || (behavior == SplitBehavior.Removed && !isMatch))
            {
                next.Take(piece.Slice(start, end));
                return;
            }
            if (behavior == SplitBehavior.Removed) return;
            bool joins = _start >= 0 && behavior switch
            {
                SplitBehavior.Contiguous => isMatch == _wasMatch,
                SplitBehavior.MergedWithPrevious => isMatch && !_wasMatch,
                _ => !isMatch && _wasMatch,
            };
            if (!joins)
            {
                Finish();
                _start = start;
            }
            _end = end;
            _wasMatch = isMatch;
        }

        public void Finish()
        {
            if (_start >= 0) next.Take(piece.Slice(_start, _end));
            _start = -1;
        }
    }
}
