namespace Juxta.Eval.Metrics;

/// <summary>
/// A measure of answers as additive statistics and a pure score: every answer gives a short vector of numbers, vectors add up, and the score is a function
/// of their sum. Corpus scores, bootstrap intervals, paired tests and resumed runs then come once for all metrics.
/// </summary>
/// <remarks>Implementations hold options and nothing that changes: <see cref="Count"/> is called from several threads at once.</remarks>
public interface IMetric
{
    /// <summary>The name for people, with what distinguishes it: <c>chrF2++</c>.</summary>
    string Name { get; }

    /// <summary>How to get a score again: convention and options.</summary>
    MetricSignature Signature { get; }

    /// <summary>Whether more is better.</summary>
    bool HigherIsBetter => true;

    /// <summary>Whether one end of it is better at all; a ratio of lengths only describes.</summary>
    bool Judges => true;

    /// <summary>Length of the vector of statistics.</summary>
    int StatisticsLength { get; }

    /// <summary>Whether Chinese text has more than one token a sentence here; where it has not, the score of Chinese means nothing.</summary>
    bool SplitsChinese => true;

    /// <summary>Whether an answer must come with at least one reference.</summary>
    bool NeedsReferences => true;

    /// <summary>Writes the statistics of one answer; the span comes zeroed and is <see cref="StatisticsLength"/> long.</summary>
    void Count(Answer answer, Span<double> statistics);

    /// <summary>The score of summed statistics, of one answer as of a corpus. Never NaN: where nothing was counted it says in its documentation what it gives.</summary>
    double Score(ReadOnlySpan<double> sums);

    /// <summary>What the score was made of, under the names that its reference program uses.</summary>
    IEnumerable<KeyValuePair<string, object>> Details(ReadOnlySpan<double> sums) => [];

    /// <summary>Digits behind the point that tell scores of its scale apart.</summary>
    int Decimals => 2;

    /// <summary>The score in one line of text.</summary>
    string Describe(ReadOnlySpan<double> sums) => Describe(sums, null);

    /// <summary>The score in one line of text, with a bootstrap interval after it.</summary>
    string Describe(ReadOnlySpan<double> sums, Significance.ConfidenceInterval? interval) =>
        $"{Name} = {Text.Figure.Fixed(Score(sums), Decimals)}{interval?.ToString(Decimals)}";

    /// <summary>
    /// Set where a reference program sums resampled statistics as single-precision numbers, so that its bootstrap figures come out digit for digit; null
    /// sums them as doubles and uses <see cref="Score"/>.
    /// </summary>
    SingleScore? ResampledScore => null;
}

/// <summary>The score of statistics that were summed in single precision.</summary>
public delegate double SingleScore(ReadOnlySpan<float> sums);

/// <summary>A metric that tokenizes for itself and should not be given tokenized text.</summary>
public interface ITokenizingMetric : IMetric
{
    /// <summary>The caller knows and wants no warning.</summary>
    bool Force { get; }
}
