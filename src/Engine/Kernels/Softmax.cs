using Juxta.Engine.Kernels.Lanes;

namespace Juxta.Engine.Kernels;

/// <summary>Over a row of logits, as long as a vocabulary. The order of every sum is fixed.</summary>
internal static unsafe class Softmax
{
    /// <summary>Elements whose exponentials are summed in f32 before they join a sum in f64.</summary>
    const int Section = 2048;

    /// <summary>ln Σ eˣ; −∞ for an empty row or one of −∞ only; NaN where a logit is NaN or +∞.</summary>
    public static float LogSumExp(ReadOnlySpan<float> logits) => SimdWidth.Bits switch
    {
        512 => LogSumExp<Lanes512>(logits),
        256 => LogSumExp<Lanes256>(logits),
        _ => LogSumExp<LanesScalar>(logits),
    };

    public static float LogSumExp<T>(ReadOnlySpan<float> logits) where T : struct, ILanes<T>
    {
        float largest = Largest<T>(logits);
        if (float.IsNegativeInfinity(largest) && !HasNaN(logits)) return float.NegativeInfinity;
        fixed (float* source = logits)
        {
            T subtrahend = T.Create(largest);
            double total = 0;
            for (int start = 0; start < logits.Length; start += Section)
            {
                int end = Math.Min(start + Section, logits.Length), i = start;
                T sum = T.Create(0f);
                for (; i + 16 <= end; i += 16) sum += LaneMath.Exp(T.Load(source + i) - subtrahend);
                if (i < end) sum += LaneMath.Exp(LaneMath.LoadPartial<T>(source + i, end - i, float.NegativeInfinity) - subtrahend);
                total += sum.Sum();
            }
            return (float)(largest + Math.Log(total));
        }
    }

    /// <summary>probabilities = e^(logits − ln Σ eˣ). <paramref name="probabilities"/> may be <paramref name="logits"/>.</summary>
    public static void Probabilities(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        switch (SimdWidth.Bits)
        {
            case 512: Probabilities<Lanes512>(logits, probabilities); break;
            case 256: Probabilities<Lanes256>(logits, probabilities); break;
            default: Probabilities<LanesScalar>(logits, probabilities); break;
        }
    }

    public static void Probabilities<T>(ReadOnlySpan<float> logits, Span<float> probabilities) where T : struct, ILanes<T>
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, logits.Length);
        float logSumExp = LogSumExp<T>(logits);
        fixed (float* source = logits, destination = probabilities)
        {
            T subtrahend = T.Create(logSumExp);
            int i = 0;
            for (; i + 16 <= logits.Length; i += 16) LaneMath.Exp(T.Load(source + i) - subtrahend).Store(destination + i);
            if (i < logits.Length)
                LaneMath.StorePartial(LaneMath.Exp(LaneMath.LoadPartial<T>(source + i, logits.Length - i) - subtrahend), destination + i, logits.Length - i);
        }
    }

    /// <summary>The largest element, NaN aside; −∞ for an empty row.</summary>
    public static float Largest(ReadOnlySpan<float> row) => SimdWidth.Bits switch
    {
        512 => Largest<Lanes512>(row),
        256 => Largest<Lanes256>(row),
        _ => Largest<LanesScalar>(row),
    };

    public static float Largest<T>(ReadOnlySpan<float> row) where T : struct, ILanes<T>
    {
        fixed (float* source = row)
        {
            // The new value is the left operand, so that NaN loses.
            T largest = T.Create(float.NegativeInfinity), second = largest, third = largest, fourth = largest;
            int i = 0;
            for (; i + 64 <= row.Length; i += 64)
            {
                largest = T.Max(T.Load(source + i), largest);
                second = T.Max(T.Load(source + i + 16), second);
                third = T.Max(T.Load(source + i + 32), third);
                fourth = T.Max(T.Load(source + i + 48), fourth);
            }
            largest = T.Max(T.Max(largest, second), T.Max(third, fourth));
            for (; i + 16 <= row.Length; i += 16) largest = T.Max(T.Load(source + i), largest);
            if (i < row.Length) largest = T.Max(LaneMath.LoadPartial<T>(source + i, row.Length - i, float.NegativeInfinity), largest);
            return largest.Largest();
        }
    }

    /// <summary>Index of the largest element, the first among equals; NaN never wins; 0 where nothing else can be said.</summary>
    public static int ArgMax(ReadOnlySpan<float> row)
    {
        float best = float.NegativeInfinity;
        int section = 0;
        for (int start = 0; start < row.Length; start += Section)
        {
            float largest = Largest(row.Slice(start, Math.Min(Section, row.Length - start)));
            if (!(largest > best)) continue;
            best = largest;
            section = start;
        }
        for (int i = section; i < row.Length; i++)
            if (row[i] == best) return i;
        return 0;
    }

    static bool HasNaN(ReadOnlySpan<float> row)
    {
        foreach (float value in row)
            if (float.IsNaN(value)) return true;
        return false;
    }
}
