using Juxta.Eval.Suites;

namespace Juxta.Workbench.Studies;

/// <summary>What a model answered.</summary>
/// <param name="Text">May be empty: the model ended at once.</param>
/// <param name="Outcome">How it ended, in its text form.</param>
public sealed record StudyAnswer(string Text, string? Outcome);

/// <summary>A conversation with the answers of a study's models. Never changed: a study reads by itself, whatever becomes of the runs it was made from.</summary>
/// <param name="Sample">The sample's id in its set; of a live item the time it was written.</param>
/// <param name="Messages">What comes before the answers.</param>
/// <param name="Answers">In the order of the study's models; null where a model failed. Of an attention check: the good one, then the bad one.</param>
public sealed record StudyItem(string Sample, IReadOnlyList<EvalMessage> Messages, IReadOnlyList<StudyAnswer?> Answers)
{
    /// <summary>Id of the eval set; null for a live item.</summary>
    public string? Suite { get; init; }

    public string? Language { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>An attention check: its first answer is the better one, and no vote on it counts.</summary>
    public bool Gold { get; init; }
}
