namespace Juxta.Training.Samples;

/// <summary>Where rows of a batch are filled up.</summary>
public enum PaddingSide
{
    /// <summary>Behind the sample.</summary>
    Right,

    /// <summary>Before it, as ChatGLM-6B has it.</summary>
    Left,
}

/// <summary>
/// Samples side by side, filled up to one width. What is padding is known by <see cref="Lengths"/> and never by an id: where pad and end of sequence are one
/// token, the end still carries loss.
/// </summary>
public sealed class SampleBatch
{
    /// <param name="samples">One row each.</param>
    /// <param name="padId">What rows are filled up with; no computation may depend on it.</param>
    /// <param name="side">Where.</param>
    public SampleBatch(IReadOnlyList<TrainingSample> samples, int padId, PaddingSide side = PaddingSide.Right)
    {
        ArgumentNullException.ThrowIfNull(samples);
        Samples = samples;
        Side = side;
        Lengths = [.. samples.Select(sample => sample.Length)];
        Width = samples.Count == 0 ? 0 : Lengths.Max();
        Ids = new int[samples.Count * Width];
        Labels = new int[samples.Count * Width];
        Array.Fill(Ids, padId);
        Array.Fill(Labels, TrainingSample.NoLoss);
        for (int row = 0; row < samples.Count; row++)
        {
            int start = (row * Width) + Offset(row);
            samples[row].Ids.CopyTo(Ids, start);
            samples[row].Labels.CopyTo(Labels, start);
        }
    }

    public IReadOnlyList<TrainingSample> Samples { get; }

    public PaddingSide Side { get; }

    /// <summary>Tokens of a row.</summary>
    public int Width { get; }

    /// <summary>Row by row. (samples × width)</summary>
    public int[] Ids { get; }

    /// <summary>Unshifted; <see cref="TrainingSample.NoLoss"/> in the padding. (samples × width)</summary>
    public int[] Labels { get; }

    /// <summary>Tokens of each row that are no padding. (samples)</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>Where in its row a sample begins.</summary>
    public int Offset(int row) => Side == PaddingSide.Left ? Width - Lengths[row] : 0;
}
