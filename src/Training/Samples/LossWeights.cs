namespace Juxta.Training.Samples;

/// <summary>How the losses of many tokens become one number.</summary>
public enum LossAveraging
{
    /// <summary>Every token with loss counts the same, whichever sample it is in.</summary>
    PerToken,

    /// <summary>The mean over each sequence first, then over the sequences: a token of a short answer counts more.</summary>
    PerSequence,
}

/// <summary>
/// The share that each token has in the loss of a batch. A sum of weight × loss is the loss whichever way the batch is cut, so averaging stays an additive
/// statistic (design D9). A sequence is a segment: packing changes nothing.
/// </summary>
public static class LossWeights
{
    /// <summary>For every sample the weight of the target at each index (see <see cref="NextTokens"/>); all together sum to 1 where there is any loss.</summary>
    public static IReadOnlyList<double[]> Of(IReadOnlyList<TrainingSample> batch, LossAveraging averaging)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int[][] targets = [.. batch.Select(NextTokens.Targets)];
        long tokens = targets.Sum(row => (long)row.Count(target => target != TrainingSample.NoLoss));
        int sequences = batch.Zip(targets).Sum(pair => pair.First.Segments.Count(segment => Counted(pair.Second, segment) > 0));
        var weights = new List<double[]>(batch.Count);
        foreach ((TrainingSample sample, int[] row) in batch.Zip(targets))
        {
            var weight = new double[row.Length];
            foreach (SampleSegment segment in sample.Segments)
            {
                double each = averaging == LossAveraging.PerToken ? 1.0 / tokens : 1.0 / ((double)sequences * Counted(row, segment));
                for (int t = segment.Start; t < segment.End; t++)
                    if (row[t] != TrainingSample.NoLoss) weight[t] = each;
            }
            weights.Add(weight);
        }
        return weights;
    }

    static int Counted(int[] targets, SampleSegment segment)
    {
        int count = 0;
        for (int t = segment.Start; t < segment.End; t++)
            if (targets[t] != TrainingSample.NoLoss) count++;
        return count;
    }
}
