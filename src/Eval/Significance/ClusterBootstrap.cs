namespace Juxta.Eval.Significance;

/// <summary>A statistic with its 95 % percentile interval.</summary>
/// <param name="Undefined">Resamples in which the statistic was not defined (NaN). They are left out; many of them make the interval too narrow.</param>
public readonly record struct ResampledInterval(double Value, double Low, double High, int Undefined);

/// <summary>
/// Percentile intervals by drawing whole clusters with replacement (Efron 1979; Davison and Hinkley 1997, section 3.8): all that was said of one item comes
/// and goes together.
/// </summary>
public static class ClusterBootstrap
{
    /// <param name="clusters">The number of clusters; below two there is no interval.</param>
    /// <param name="samples">The number of resamples.</param>
    /// <param name="seed">Of numpy's generator.</param>
    /// <param name="statistic">Of clusters by index, each as often as it was drawn; NaN where undefined.</param>
    public static ResampledInterval Interval(int clusters, int samples, ulong seed, Func<int[], double> statistic)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        double value = statistic([.. Enumerable.Range(0, clusters)]);
        if (clusters < 2) return new(value, double.NaN, double.NaN, 0);
        var generator = new Pcg64(seed);
        var drawn = new int[clusters];
        var values = new List<double>(Bootstrap.Checked(samples));
        for (int i = 0; i < samples; i++)
        {
            generator.FillIndices(clusters, drawn);
            double found = statistic(drawn);
            if (!double.IsNaN(found)) values.Add(found);
        }
        if (values.Count == 0) return new(value, double.NaN, double.NaN, samples);
        double[] sorted = [.. values.Order()];
        return new(value, Percentile.Of(sorted, 2.5), Percentile.Of(sorted, 97.5), samples - values.Count);
    }
}
