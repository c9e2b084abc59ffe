using Juxta.Eval.Suites;

namespace Juxta.Workbench.Votes;

/// <summary>All that a page may know of a pair before the vote: nothing of it says which model is which, or why the pair is shown.</summary>
/// <param name="Showing">Drawn by lot.</param>
/// <param name="Left">The answer called A.</param>
/// <param name="Right">The answer called B.</param>
/// <param name="Draft">What was filled in before.</param>
/// <param name="Voted">The vote that stands; null before the first and after an undo.</param>
public sealed record ShownPair(Guid Showing, Guid Study, IReadOnlyList<EvalMessage> Messages, string Left, string Right, Draft? Draft, Ballot? Voted)
{
    /// <summary>What annotators said of it; for an adjudicator only.</summary>
    public IReadOnlyList<Opinion> Opinions { get; init; } = [];
}

/// <summary>How far a study is.</summary>
/// <param name="Mine">Votes of the annotator that stand.</param>
/// <param name="Votes">Of all; repeats and attention checks not counted.</param>
/// <param name="Of">When it is over; null for a live study without a limit.</param>
public sealed record StudyProgress(int Mine, int Votes, int? Of);

/// <summary>An earlier vote of the annotator.</summary>
/// <param name="Start">The beginning of the last message.</param>
public sealed record HistoryEntry(Guid Showing, DateTimeOffset At, Ballot Ballot, string Start);

/// <summary>Which model stood where.</summary>
public sealed record Revealed(string Left, string Right);
