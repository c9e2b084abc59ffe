namespace Juxta.Training.Samples;

/// <summary>
/// The one place that shifts: the output at index t is compared with the label of t + 1 of the same segment. Training and loss evaluation both ask here, so
/// that neither can shift twice.
/// </summary>
public static class NextTokens
{
    /// <summary>What the output at each index should predict, or <see cref="TrainingSample.NoLoss"/>. (tokens)</summary>
    public static int[] Targets(TrainingSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var targets = new int[sample.Length];
        Array.Fill(targets, TrainingSample.NoLoss);
        foreach (SampleSegment segment in sample.Segments)
            for (int t = segment.Start; t < segment.End - 1; t++) targets[t] = sample.Labels[t + 1];
        return targets;
    }
}
