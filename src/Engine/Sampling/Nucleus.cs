namespace Juxta.Engine.Sampling;

/// <summary>
/// Where top-p cuts: the last token of the shortest start, in falling order of weight, that reaches a share of the sum. A histogram over the weights' leading
/// bits finds the bin with the cut, so that only its few tokens are ordered, on flat distributions too.
/// </summary>
internal sealed class Nucleus
{
    const int Shift = 16; // 128 bins to an octave
    const uint One = 0x3F80_0000; // the bits of 1f, the largest weight

    readonly double[] _mass = new double[(One >> Shift) + 1];
    ulong[] _keys = [];
    float[] _weights = [];

    /// <param name="ids">Candidates; those left out weigh less, together, than what lies beyond the cut.</param>
    /// <param name="weights">Their weights relative to the likeliest token's, 0 … 1.</param>
    /// <param name="target">The sum to reach.</param>
    /// <returns>The key (<see cref="RankedSelect.Key"/>) of the last token kept.</returns>
    public ulong LastKey(ReadOnlySpan<int> ids, ReadOnlySpan<float> weights, ReadOnlySpan<float> logits, double target)
    {
        Array.Clear(_mass);
        foreach (float weight in weights) _mass[Bin(weight)] += weight;
        int bin = 0, last = Array.FindLastIndex(_mass, mass => mass > 0);
        double before = 0;
        while (bin < last && before + _mass[bin] < target) before += _mass[bin++];

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

    static int Bin(float weight) => (int)((One - BitConverter.SingleToUInt32Bits(weight)) >> Shift);
}
