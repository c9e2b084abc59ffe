using Juxta.Eval.Metrics;

namespace Juxta.Eval.Significance;

/// <summary>Bootstrap resampling of one system's answers (Koehn 2004), with sacreBLEU's draws.</summary>
public static class Bootstrap
{
    /// <summary>sacreBLEU's seed where none is given.</summary>
    public const ulong DefaultSeed = 12345;

    /// <summary>sacreBLEU's number of resamples.</summary>
    public const int DefaultSamples = 1000;

    /// <summary>The interval that <c>corpus_score(n_bootstrap=samples)</c> reports.</summary>
    public static ConfidenceInterval Interval(CorpusStatistics corpus, int samples = DefaultSamples, ulong seed = DefaultSeed)
    {
        double[] scores = Scores(corpus, samples, new Pcg64(seed));
        double[] sorted = [.. scores];
        Array.Sort(sorted);
        return new ConfidenceInterval(ExactMean.Of(scores), ConfidenceInterval.HalfWidthOf(sorted));
    }

    /// <summary>Scores of resampled corpora, in draw order.</summary>
    internal static double[] Scores(CorpusStatistics corpus, int samples, Pcg64 generator)
    {
        var resampling = new Resampling(corpus);
        var indices = new int[corpus.Count];
        var scores = new double[Checked(samples)];
        for (int i = 0; i < samples; i++)
        {
            generator.FillIndices(corpus.Count, indices);
            scores[i] = resampling.Score(indices);
        }
        return scores;
    }

    internal static int Checked(int samples) => samples > 0 ? samples : throw new MetricException($"{samples} resamples asked for; expected 1 or more (1000 is usual)");
}
