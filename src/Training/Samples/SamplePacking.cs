namespace Juxta.Training.Samples;

/// <summary>
/// Puts several samples into one of a given length, each in a segment of its own: attention is block-diagonal and positions count anew, so that packing
/// changes no number, only the time.
/// </summary>
public static class SamplePacking
{
    /// <summary>
    /// First fit: a sample goes into the first open pack that has room for it. Which pack a sample comes into follows from the order of the samples alone.
    /// </summary>
    /// <param name="samples">Any number; read one at a time. Those longer than <paramref name="length"/> stay alone.</param>
    /// <param name="length">Tokens of a full pack.</param>
    /// <param name="open">Packs that wait for more samples at once; when one more is needed, the oldest is given out.</param>
    public static IEnumerable<TrainingSample> FirstFit(IEnumerable<TrainingSample> samples, int length, int open = 64)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(open, 1);
        return Pack(samples, length, open);
    }

    static IEnumerable<TrainingSample> Pack(IEnumerable<TrainingSample> samples, int length, int open)
    {
        var packs = new List<(List<TrainingSample> Samples, int Room)>();
        foreach (TrainingSample sample in samples)
        {
            int fit = packs.FindIndex(pack => pack.Room >= sample.Length);
            if (fit < 0)
            {
                if (packs.Count == open)
                {
                    yield return Join(packs[0].Samples);
                    packs.RemoveAt(0);
                }
                packs.Add(([], length));
                fit = packs.Count - 1;
            }
            packs[fit].Samples.Add(sample);
            packs[fit] = (packs[fit].Samples, packs[fit].Room - sample.Length);
            if (packs[fit].Room > 0) continue;
            yield return Join(packs[fit].Samples);
            packs.RemoveAt(fit);
        }
        foreach ((List<TrainingSample> rest, _) in packs) yield return Join(rest);
    }

    /// <summary>Samples one after another as segments of one.</summary>
    public static TrainingSample Join(IReadOnlyList<TrainingSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Count == 1) return samples[0];
        var segments = new List<SampleSegment>();
        int start = 0;
        foreach (TrainingSample sample in samples)
        {
            segments.AddRange(sample.Segments.Select(segment => segment with { Start = start + segment.Start }));
            start += sample.Length;
        }
        bool two = samples.Any(sample => sample.TwoDimensional is not null);
        if (two && samples.Any(sample => sample.TwoDimensional is null)) throw new ArgumentException("samples with two-dimensional positions and samples without cannot be packed together", nameof(samples));
        return new TrainingSample([.. samples.SelectMany(sample => sample.Ids)], [.. samples.SelectMany(sample => sample.Labels)], [.. samples.SelectMany(sample => sample.Authors)])
        {
            Segments = segments,
            TwoDimensional = two
                ? new SamplePositions([.. samples.SelectMany(sample => sample.TwoDimensional!.Position)], [.. samples.SelectMany(sample => sample.TwoDimensional!.Block)])
                : null,
            Cuts = samples.Aggregate(default(SampleCuts), (sum, sample) => sum + sample.Cuts),
            Remarks = [.. samples.SelectMany(sample => sample.Remarks).Distinct()],
        };
    }
}
