namespace Juxta.Eval.Significance;

/// <summary>
/// rouge_score's BootstrapAggregator: percentiles of the means of resampled rows, drawn by numpy's legacy generator. Its "mid" is the median of these means,
/// not the mean of the rows.
/// </summary>
internal sealed class BootstrapAggregator(uint seed, int samples = 1000, double confidence = 0.95)
{
    readonly MersenneTwister _generator = new(seed);

    /// <summary>Low, mid and high of each column. Several calls go on with the same generator, as several score types do in the original.</summary>
    public (double Low, double Mid, double High)[] Aggregate(IReadOnlyList<double[]> rows)
    {
        int columns = rows[0].Length;
        var means = new double[columns][];
        for (int c = 0; c < columns; c++) means[c] = new double[samples];
        var indices = new int[rows.Count];
        var sums = new double[columns];
        for (int s = 0; s < samples; s++)
        {
            _generator.FillIndices(rows.Count, indices);
            Array.Clear(sums);
            foreach (int index in indices)
            {
                for (int c = 0; c < columns; c++) sums[c] += rows[index][c];
            }
            for (int c = 0; c < columns; c++) means[c][s] = sums[c] / rows.Count;
        }
        foreach (double[] column in means) Array.Sort(column);
        double outer = (1 - confidence) / 2;
        return [.. means.Select(m => (Percentile.Of(m, 100 * outer), Percentile.Of(m, 50), Percentile.Of(m, 100 * (1 - outer))))];
    }
}
