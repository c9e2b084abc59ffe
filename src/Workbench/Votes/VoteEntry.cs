using Juxta.Workbench.Studies;

namespace Juxta.Workbench.Votes;

/// <summary>What happened to a vote.</summary>
public enum VoteKind
{
    Cast,

    /// <summary>Another ballot for the same pair.</summary>
    Correction,

    /// <summary>The pair is to be judged anew.</summary>
    Undo,
}

/// <summary>An event of the vote log.</summary>
/// <param name="Sequence">Counts up over all studies.</param>
/// <param name="Id">Chosen by whoever sent it.</param>
/// <param name="Ballot">Null for an undo.</param>
/// <param name="At">By the server's clock.</param>
/// <param name="Shown">What was on the screen.</param>
/// <param name="Hasty">It came sooner than the study's minimum reading time.</param>
public sealed record VoteEntry(long Sequence, Guid Id, VoteKind Kind, Ballot? Ballot, DateTimeOffset At, ShownHashes Shown, bool Hasty)
{
    public required Guid Study { get; init; }

    public required Guid Showing { get; init; }

    /// <summary>The annotator.</summary>
    public required Guid Person { get; init; }

    public required int Item { get; init; }

    /// <summary>Numbers of the models in the study's plan.</summary>
    public required int Left { get; init; }

    /// <inheritdoc cref="Left"/>
    public required int Right { get; init; }

    public required ShowingKind ShowingKind { get; init; }

    /// <summary>The showing that this one repeats with its sides exchanged.</summary>
    public Guid? RepeatOf { get; init; }

    /// <summary>The votes that stand: of each showing the last one, if it was not undone. In the order they were given.</summary>
    public static IReadOnlyList<VoteEntry> Standing(IEnumerable<VoteEntry> events) =>
        [.. events.GroupBy(one => one.Showing).Select(of => of.MaxBy(one => one.Sequence)!).Where(one => one.Kind is not VoteKind.Undo).OrderBy(one => one.Sequence)];
}
