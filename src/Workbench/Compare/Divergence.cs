using Juxta.Engine.Generation;

namespace Juxta.Workbench.Compare;

/// <summary>Where two answers part.</summary>
/// <param name="Token">Index of the first token in which they differ; where one answer is the beginning of the other, the shorter one's length.</param>
/// <param name="LeftPosition">Characters (UTF-16) of the left answer's text that were visible before that token.</param>
/// <param name="RightPosition">The same of the right answer. The two differ only by text held back: half a character, or what might become a stop string.</param>
/// <param name="LeftId">The left token; null where the left answer ended.</param>
/// <param name="RightId">The right token; null where the right answer ended.</param>
public sealed record Divergence(int Token, int LeftPosition, int RightPosition, int? LeftId, int? RightId)
{
    /// <summary>The first token in which two answers differ; null when they are the same so far.</summary>
    /// <param name="left">An answer's steps, finished or not.</param>
    /// <param name="right">The other's.</param>
    public static Divergence? Find(IEnumerable<GeneratedToken> left, IEnumerable<GeneratedToken> right)
    {
        using IEnumerator<(int Id, int Position)> a = Ids(left).GetEnumerator(), b = Ids(right).GetEnumerator();
        for (int token = 0; ; token++)
        {
            (int Id, int Position)? x = a.MoveNext() ? a.Current : null, y = b.MoveNext() ? b.Current : null;
            if (x is null && y is null) return null;
            if (x?.Id != y?.Id) return new Divergence(token, x?.Position ?? Length(left), y?.Position ?? Length(right), x?.Id, y?.Id);
        }
    }

    /// <summary>The first token in which two answers differ for good: where one has only not got so far yet, null.</summary>
    /// <param name="left">An answer's tokens so far; the last has the outcome when it ended.</param>
    /// <param name="right">The other's.</param>
    public static Divergence? FindSettled(IReadOnlyList<GeneratedToken> left, IReadOnlyList<GeneratedToken> right) =>
        Find(left, right) is { } found && (found.LeftId is not null || AnswerDiff.Ended(left)) && (found.RightId is not null || AnswerDiff.Ended(right)) ? found : null;

    static IEnumerable<(int Id, int Position)> Ids(IEnumerable<GeneratedToken> steps)
    {
        int position = 0;
        foreach (GeneratedToken step in steps)
        {
            if (step.Id is { } id) yield return (id, position);
            position += step.Text.Length;
        }
    }

    static int Length(IEnumerable<GeneratedToken> steps) => steps.Sum(step => step.Text.Length);
}
