using Juxta.Training.Samples;

namespace Juxta.Training.Models;

/// <summary>Samples side by side, ready for a pass: what is read, and what is learnt. Nothing is filled up: a text sees no other's tokens.</summary>
/// <param name="Ids">Token ids of all texts, one text after the other.</param>
/// <param name="Segments">Where each text lies.</param>
/// <param name="Positions">Of each token, for the rotary embedding.</param>
/// <param name="Targets">The id that each token is to be followed by, or <see cref="TrainingSample.NoLoss"/>.</param>
/// <param name="Weights">Of each token's loss.</param>
internal sealed record TrainingBatch(int[] Ids, IReadOnlyList<SampleSegment> Segments, int[] Positions, int[] Targets, float[] Weights)
{
    /// <summary>The second position of each token, in families that have two (ChatGLM-6B); null elsewhere.</summary>
    public int[]? Places { get; init; }

    /// <param name="weights">Of each sample's tokens.</param>
    public static TrainingBatch Of(IReadOnlyList<TrainingSample> samples, IReadOnlyList<double[]> weights)
    {
        TrainingSample all = SamplePacking.Join(samples);
        return new TrainingBatch(
            all.Ids, all.Segments, all.TwoDimensional?.Position ?? [.. all.Segments.SelectMany(segment => Enumerable.Range(0, segment.Length))], NextTokens.Targets(all),
            [.. weights.SelectMany(row => row).Select(weight => (float)weight)])
        {
            Places = all.TwoDimensional?.Block,
        };
    }
}
