using Juxta.Eval.Runs;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Comparison;

/// <summary>The first token in which two answers differ.</summary>
/// <param name="Token">Its index; where one answer is the beginning of the other, the shorter one's length.</param>
/// <param name="BaselineId">Null where the baseline's answer has no more.</param>
/// <param name="BaselineProbability">That the baseline gave to its token; null where it is not known.</param>
/// <param name="CandidateId">Null where the candidate's answer has no more.</param>
/// <param name="CandidateProbability">That the candidate gave to its token.</param>
public sealed record TokenDivergence(int Token, int? BaselineId, double? BaselineProbability, int? CandidateId, double? CandidateProbability)
{
    /// <summary>Null where the answers have the same tokens, or nobody knows them.</summary>
    internal static TokenDivergence? Of(SampleResult baseline, SampleResult candidate)
    {
        if (baseline.Ids is not { } a || candidate.Ids is not { } b) return null;
        int at = 0;
        while (at < a.Count && at < b.Count && a[at] == b[at]) at++;
        return at == a.Count && at == b.Count ? null : new TokenDivergence(at, IdAt(a, at), Probability(baseline, at), IdAt(b, at), Probability(candidate, at));
    }

    static int? IdAt(IReadOnlyList<int> ids, int at) => at < ids.Count ? ids[at] : null;

    static double? Probability(SampleResult result, int at) => result.Logprobs is { } logs && at < logs.Count ? Math.Exp(logs[at]) : null;
}

/// <summary>The answers of the baseline and a candidate to one sample under one setting.</summary>
/// <param name="Setting">Index of the comparison's settings.</param>
/// <param name="Candidate">Index of the comparison's runs.</param>
/// <param name="Index">Of the set's samples.</param>
/// <param name="Sample">What was asked.</param>
/// <param name="Baseline">Null where it was not answered.</param>
/// <param name="Answer">The candidate's; null where it was not answered.</param>
/// <param name="Divergence">Where their tokens part; null where they do not, or nobody knows them.</param>
public sealed record SampleDifference(int Setting, int Candidate, int Index, EvalSample Sample, SampleResult? Baseline, SampleResult? Answer, TokenDivergence? Divergence)
{
    /// <summary>Scores of this sample alone, by the metrics that both were measured by.</summary>
    public IReadOnlyList<SampleScore> Scores { get; init; } = [];

    /// <summary>Whether text or end is another, or only one of them answered.</summary>
    public bool IsDifferent => Baseline?.Answer != Answer?.Answer || BaselineEnd != CandidateEnd;

    public AnswerEnd? BaselineEnd => Baseline is null ? null : AnswerEnds.Of(Baseline.Outcome);

    /// <summary>How the candidate's ended.</summary>
    public AnswerEnd? CandidateEnd => Answer is null ? null : AnswerEnds.Of(Answer.Outcome);
}

/// <summary>A sample's scores by one metric.</summary>
/// <param name="Gain">How much better the candidate is; above 0 is better, whichever way the metric runs.</param>
public sealed record SampleScore(string Key, double BaselineScore, double Score, double Gain);
