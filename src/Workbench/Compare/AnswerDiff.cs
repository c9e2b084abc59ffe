using Juxta.Engine.Generation;
using Juxta.Eval.Differences;

namespace Juxta.Workbench.Compare;

/// <summary>
/// An answer beside the one it is measured by, finished or not. What only stands in one of them because the other has not got so far yet counts as the
/// same. The spans of each side, joined, are its text.
/// </summary>
/// <param name="Reference">Spans that are the same or only here.</param>
/// <param name="Other">Spans that are the same or only here.</param>
/// <param name="Shortest">See <see cref="TextDiff.Shortest"/>.</param>
public sealed record AnswerDiff(IReadOnlyList<DiffSpan> Reference, IReadOnlyList<DiffSpan> Other, bool Shortest)
{
    /// <param name="reference">Its tokens so far; the last has the outcome when it ended.</param>
    /// <param name="other">The other's.</param>
    public static AnswerDiff Compare(IReadOnlyList<GeneratedToken> reference, IReadOnlyList<GeneratedToken> other)
    {
        (string left, string leftOpen) = Cut(reference, other);
        (string right, string rightOpen) = Cut(other, reference);
        TextDiff diff = TextDiff.Compare(left, right);
        return new AnswerDiff(With(diff.Left, leftOpen), With(diff.Right, rightOpen), diff.Shortest);
    }

    /// <summary>Has an outcome: nothing more comes.</summary>
    internal static bool Ended(IReadOnlyList<GeneratedToken> answer) => answer is [.., { Outcome: not null }];

    /// <summary>The text up to as many tokens as the other has, while that one is being written, and the rest.</summary>
    static (string Settled, string Open) Cut(IReadOnlyList<GeneratedToken> answer, IReadOnlyList<GeneratedToken> other)
    {
        int settled = Ended(other) ? answer.Count : Math.Min(answer.Count, other.Count);
        return (string.Concat(answer.Take(settled).Select(step => step.Text)), string.Concat(answer.Skip(settled).Select(step => step.Text)));
    }

    static IReadOnlyList<DiffSpan> With(IReadOnlyList<DiffSpan> spans, string open) => open.Length == 0 ? spans : [.. spans, new DiffSpan(DiffKind.Same, open)];
}
