namespace Juxta.Engine.Tokenization.Patterns;

/// <summary>
/// A pattern as a table: one look-up per code point gives the match that backtracking gives (the first alternative that matches at all, as long as its quantifiers want), without
/// trying alternatives one after another. Immutable.
/// </summary>
sealed class PatternAutomaton
{
    /// <summary>The row of the state in which nothing can match any more.</summary>
    const int Dead = 0;

    readonly CodePointClasses _classes;
    readonly int[] _next;
    readonly int _width;

    /// <param name="classes">The code points that the pattern tells apart.</param>
    /// <param name="next">A row per state, with an <see cref="Entry"/> per class and one for the end of the text; state 0 is the dead one, 1 the first.</param>
    internal PatternAutomaton(CodePointClasses classes, int[] next) => (_classes, _next, _width) = (classes, next, classes.Count + 1);

    /// <param name="row">Where the next state's row begins.</param>
    /// <param name="matched">Whether the pattern has matched before this code point.</param>
    internal static int Entry(int row, bool matched) => row << 1 | (matched ? 1 : 0);

    /// <summary>Whether the pattern matches at <paramref name="position"/>, and where that match ends.</summary>
    /// <param name="steps">Falls by what was read.</param>
    public bool MatchAt(ReadOnlySpan<char> text, int position, ref long steps, out int end)
    {
        ReadOnlySpan<byte> classes = _classes.BasicPlane;
        int[] next = _next;
        int row = _width, at = position;
        end = -1;
        while (true)
        {
            int length = 1, @class = _width - 1;
            if ((uint)at < (uint)text.Length)
            {
                char unit = text[at];
                @class = classes[unit];
                if (char.IsHighSurrogate(unit) && at + 1 < text.Length)
                {
                    @class = _classes.Of(char.ConvertToUtf32(unit, text[at + 1]));
                    length = 2;
                }
            }
            int entry = next[row + @class];
            if ((entry & 1) != 0) end = at;
            row = entry >> 1;
            if (row == Dead) break;
            at += length;
        }
        steps -= at - position + 1;
        return end >= 0;
    }
}
