using Juxta.Eval.Runs;

namespace Juxta.Eval.Comparison;

/// <summary>How the answers of a run under one setting ended.</summary>
/// <param name="Samples">Samples of the set.</param>
/// <param name="Answered">Samples with an answer, failed ones among them.</param>
/// <param name="Empty">Answers without any text but white space; they are scored.</param>
/// <param name="ByEnd">Number of answers for each of <see cref="AnswerEnds.All"/>.</param>
/// <param name="Tokens">Tokens of all answers, where the client counted them.</param>
public sealed record AnswerCounts(int Samples, int Answered, int Empty, IReadOnlyList<int> ByEnd, long? Tokens)
{
    /// <summary>Samples without an answer.</summary>
    public int Unanswered => Samples - Answered;

    public int Of(AnswerEnd end) => ByEnd[(int)end];

    internal static AnswerCounts Of(int samples, IReadOnlyList<SampleResult> results) => new(
        samples,
        results.Count,
        results.Count(r => string.IsNullOrWhiteSpace(r.Answer) && AnswerEnds.Of(r.Outcome) != AnswerEnd.Failed),
        [.. AnswerEnds.All.Select(end => results.Count(r => AnswerEnds.Of(r.Outcome) == end))],
        results.Any(r => r.CompletionTokens is not null) ? results.Sum(r => r.CompletionTokens ?? 0) : null);
}
