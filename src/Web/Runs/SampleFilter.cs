using Juxta.Eval.Comparison;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;

namespace Juxta.Web.Runs;

/// <summary>Which samples are shown. What is null or empty lets all pass.</summary>
public sealed record SampleFilter
{
    /// <summary>Words that stand in the prompt, a reference, an answer or the sample's id.</summary>
    public string Text { get; init; } = "";

    public string? Tag { get; init; }

    /// <summary>How an answer ended.</summary>
    public AnswerEnd? End { get; init; }

    /// <summary>Only samples without an answer.</summary>
    public bool Unanswered { get; init; }

    /// <param name="sample">What was asked.</param>
    /// <param name="answers">All its answers; one that fits is enough.</param>
    public bool Fits(EvalSample sample, params IReadOnlyList<SampleResult?> answers)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(answers);
        return (Tag is null || sample.Tags.Contains(Tag))
            && (!Unanswered || answers.Contains(null))
            && (End is not { } end || answers.Any(answer => answer is not null && AnswerEnds.Of(answer.Outcome) == end))
            && (string.IsNullOrWhiteSpace(Text) || Says(sample.Id) || sample.Messages.Any(message => Says(message.Content)) || sample.References.Any(Says)
                || answers.Any(answer => answer is not null && Says(answer.Answer)));
    }

    bool Says(string text) => text.Contains(Text.Trim(), StringComparison.OrdinalIgnoreCase);
}
