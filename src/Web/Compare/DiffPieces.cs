using Juxta.Eval.Differences;

namespace Juxta.Web.Compare;

/// <summary>A stretch of text that is drawn alike.</summary>
/// <param name="Differs">Only this side has it.</param>
/// <param name="Fork">It is the first different token; may be empty, where that token shows no text.</param>
internal readonly record struct DiffPiece(string Text, bool Differs, bool Fork);

/// <summary>Cuts a side of a diff where the first different token begins and ends.</summary>
internal static class DiffPieces
{
    /// <param name="spans">One side.</param>
    /// <param name="start">Where the first different token begins, in UTF-16 units of the joined text; null = there is none.</param>
    /// <param name="length">Of its text.</param>
    public static IReadOnlyList<DiffPiece> Cut(IReadOnlyList<DiffSpan> spans, int? start, int length)
    {
        var pieces = new List<DiffPiece>();
        int at = 0, from = start ?? int.MaxValue, to = start is null ? int.MaxValue : from + length;
        bool marked = start is null;
        foreach (DiffSpan span in spans)
        {
            bool differs = span.Kind is not DiffKind.Same;
            int end = at + span.Text.Length;
            int first = Math.Clamp(from, at, end) - at, second = Math.Clamp(to, at, end) - at;
            if (first > 0) pieces.Add(new DiffPiece(span.Text[..first], differs, false));
            if (second > first || (!marked && length == 0 && from < end))
            {
                pieces.Add(new DiffPiece(span.Text[first..second], differs, true));
                marked = true;
            }
            if (second < span.Text.Length) pieces.Add(new DiffPiece(span.Text[second..], differs, false));
            at = end;
        }
        if (!marked) pieces.Add(new DiffPiece("", true, true));
        return pieces;
    }
}
