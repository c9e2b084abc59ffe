namespace Juxta.Engine.Sampling;

/// <summary>
/// Where top-p cuts: the last token of the shortest start, in falling order of weight, that reaches a share of the sum. A histogram over the weights' leading
/// bits finds the bin with the cut, so that only its few tokens are ordered, on flat distributions too.
/// </summary>
internal sealed class Nucleus
{
    const int Shift = 16; // 128 bins to an octave
    const uint One = 0x3F80_0000; // the bits of 1f, the largest weight

    public const int Bins = (int)(One >> Shift) + 1;

    /// <summary>The weight in each bin; all zero between two searches.</summary>
    readonly double[] _mass = new double[Bins];
    ulong[] _keys = [];
    float[] _weights = [];

    /// <param name="ids">Candidates; those left out weigh less, together, than what lies beyond the cut.</param>
    /// <param name="weights">Their weights relative to the likeliest token's, 0 … 1.</param>
    /// <param name="target">The sum to reach.</param>
    /// <returns>The key (<see cref="RankedSelect.Key"/>) of the last token kept.</returns>
    public ulong LastKey(ReadOnlySpan<int> ids, ReadOnlySpan<float> weights, ReadOnlySpan<float> logits, double target)
    {
        int bin = Bins, last = 0;
        foreach (float weight in weights)
        {
            int own = Bin(weight);
            _mass[own] += weight;
            bin = Math.Min(bin, own);
            if (weight > 0) last = Math.Max(last, own);
        }
        double before = 0;
        int first = bin;
        while (bin < last && before + _mass[bin] < target) before += _mass[bin++];
        Array.Clear(_mass, first, Math.Max(0, last + 1 - first));

        if (_keys.Length < ids.Length) (_keys, _weights) = (new ulong[logits.Length], new float[logits.Length]);
        int count = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            if (Bin(weights[i]) != bin) continue;
            _keys[count] = RankedSelect.Key(logits[ids[i]], ids[i]);
            _weights[count++] = weights[i];
        }
        return RankedSelect.LastKeyReaching(_keys.AsSpan(0, count), _weights.AsSpan(0, count), target - before);
    }

    /// <summary>The bin of a weight; heavier ones have lower bins.</summary>
    public static int Bin(float weight) => (int)((One - BitConverter.SingleToUInt32Bits(weight)) >> Shift);

    /// <summary>The largest weight of a bin; below every weight for the one behind the last.</summary>
    public static float LargestOf(int bin) => bin >= Bins ? -1 : BitConverter.UInt32BitsToSingle(One - ((uint)bin << Shift));
}
