using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Lanes;

namespace Juxta.Engine.Sampling;

/// <summary>
/// One pass over a row of logits leaves the largest value of every chunk of 64; what is asked next (the likeliest token, all tokens
/// above a bar, the k-th largest) then touches few chunks. Buffers grow to the largest row and stay.
/// </summary>
internal sealed class LogitScan
{
    public const int Chunk = 64;

    float[] _maxima = [];
    float[] _scratch = [];

    /// <summary>The row's largest value; NaN where the row holds one.</summary>
    public float Max { get; private set; }

    int Chunks { get; set; }

    public void Read(ReadOnlySpan<float> logits)
    {
        Chunks = (logits.Length + Chunk - 1) / Chunk;
        if (_maxima.Length < Chunks)
        {
            _maxima = new float[Chunks];
            _scratch = new float[Chunks];
        }
        float max = float.NegativeInfinity;
        for (int chunk = 0; chunk < Chunks; chunk++)
        {
            ReadOnlySpan<float> part = Part(logits, chunk);
            float largest = float.NegativeInfinity;
            if (part.Length == Chunk)
            {
                ref float first = ref MemoryMarshal.GetReference(part);
                Vector512<float> lanes = Vector512.Max(
                    Vector512.Max(Vector512.LoadUnsafe(ref first), Vector512.LoadUnsafe(ref first, 16)),
                    Vector512.Max(Vector512.LoadUnsafe(ref first, 32), Vector512.LoadUnsafe(ref first, 48)));
                Vector256<float> eight = Vector256.Max(lanes.GetLower(), lanes.GetUpper());
                Vector128<float> four = Vector128.Max(eight.GetLower(), eight.GetUpper());
                largest = MathF.Max(MathF.Max(four[0], four[2]), MathF.Max(four[1], four[3]));
            }
            else
            {
                foreach (float logit in part) largest = MathF.Max(largest, logit);
            }
            _maxima[chunk] = largest;
            max = MathF.Max(max, largest);
        }
        Max = max;
    }

    /// <summary>The lowest id among the likeliest.</summary>
    public int ArgMax(ReadOnlySpan<float> logits)
    {
        int chunk = Array.IndexOf(_maxima, Max, 0, Chunks);
        return (chunk * Chunk) + Part(logits, chunk).IndexOf(Max);
    }

    /// <summary>A bar that at least <paramref name="k"/> tokens reach and, as a rule, few more: the k-th largest chunk maximum.</summary>
    public float BarForLargest(int k)
    {
        if (k > Chunks) return float.NegativeInfinity;
        Span<float> maxima = _scratch.AsSpan(0, Chunks);
        _maxima.AsSpan(0, Chunks).CopyTo(maxima);
        maxima.Sort();
        return maxima[^k];
    }

    /// <summary>Writes the ids of all tokens with logit ≥ <paramref name="bar"/> and above −∞, ascending; returns how many.</summary>
    public int IdsFrom(ReadOnlySpan<float> logits, float bar, Span<int> ids)
    {
        bar = MathF.Max(bar, float.MinValue);
        int count = 0;
        for (int chunk = 0; chunk < Chunks; chunk++)
        {
            if (!(_maxima[chunk] >= bar)) continue;
            ReadOnlySpan<float> part = Part(logits, chunk);
            int id = chunk * Chunk;
            int i = 0;
            for (; i + 16 <= part.Length; i += 16)
            {
                ulong hits = Vector512.GreaterThanOrEqual(Vector512.Create(part.Slice(i, 16)), Vector512.Create(bar)).ExtractMostSignificantBits();
                for (; hits != 0; hits &= hits - 1) ids[count++] = id + i + BitOperations.TrailingZeroCount(hits);
            }
            for (; i < part.Length; i++)
            {
                if (part[i] >= bar) ids[count++] = id + i;
            }
        }
        return count;
    }

    /// <summary>
    /// Σ e^((logit − max) / temperature), summed chunk by chunk. Where given, <paramref name="chunkSums"/> receives each chunk's part and <paramref name="weights"/> each token's
    /// (<see cref="Weight"/>).
    /// </summary>
    public double ExpSum(ReadOnlySpan<float> logits, float temperature, Span<double> chunkSums = default, Span<float> weights = default) => SimdWidth.Bits switch
    {
        512 => ExpSum<Lanes512>(logits, temperature, chunkSums, weights),
        256 => ExpSum<Lanes256>(logits, temperature, chunkSums, weights),
        _ => ExpSum<LanesScalar>(logits, temperature, chunkSums, weights),
    };

    unsafe double ExpSum<T>(ReadOnlySpan<float> logits, float temperature, Span<double> chunkSums, Span<float> weights) where T : struct, ILanes<T>
    {
        double sum = 0;
        T max = T.Create(Max), divisor = T.Create(temperature);
        for (int chunk = 0; chunk < Chunks; chunk++)
        {
            ReadOnlySpan<float> part = Part(logits, chunk);
            double chunkSum = 0;
            if (part.Length == Chunk)
            {
                fixed (float* source = part, kept = weights.IsEmpty ? default : weights.Slice(chunk * Chunk, Chunk))
                {
                    T lanes = LaneMath.Exp((T.Load(source) - max) / divisor);
                    if (kept is not null) lanes.Store(kept);
                    for (int i = 16; i < Chunk; i += 16)
                    {
                        T more = LaneMath.Exp((T.Load(source + i) - max) / divisor);
                        if (kept is not null) more.Store(kept + i);
                        lanes += more;
                    }
                    chunkSum = lanes.Sum();
                }
            }
            else
            {
                for (int i = 0; i < part.Length; i++)
                {
                    float weight = Weight(part[i], temperature);
                    if (!weights.IsEmpty) weights[(chunk * Chunk) + i] = weight;
                    chunkSum += weight;
                }
            }
            if (!chunkSums.IsEmpty) chunkSums[chunk] = chunkSum;
            sum += chunkSum;
        }
        return sum;
    }

    /// <summary>Replaces logits by weights: <see cref="Weight"/> of each.</summary>
    public void ToWeights(Span<float> logits, float temperature)
    {
        switch (SimdWidth.Bits)
        {
            case 512: ToWeights<Lanes512>(logits, temperature); break;
            case 256: ToWeights<Lanes256>(logits, temperature); break;
            default: ToWeights<LanesScalar>(logits, temperature); break;
        }
    }

    unsafe void ToWeights<T>(Span<float> logits, float temperature) where T : struct, ILanes<T>
    {
        T max = T.Create(Max), divisor = T.Create(temperature);
        int i = 0;
        fixed (float* values = logits)
        {
            for (; i + 16 <= logits.Length; i += 16) LaneMath.Exp((T.Load(values + i) - max) / divisor).Store(values + i);
        }
        for (; i < logits.Length; i++) logits[i] = Weight(logits[i], temperature);
    }

    /// <summary>A token's weight relative to the likeliest one's: e^((logit − max) / temperature), between 0 and 1.</summary>
    public float Weight(float logit, float temperature) => LaneMath.Exp((logit - Max) / temperature);

    public static ReadOnlySpan<float> Part(ReadOnlySpan<float> logits, int chunk) =>
        logits.Slice(chunk * Chunk, Math.Min(Chunk, logits.Length - (chunk * Chunk)));
}
