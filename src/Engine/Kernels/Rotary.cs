using Juxta.Engine.Kernels.Lanes;

namespace Juxta.Engine.Kernels;

/// <summary>Which two channels of a head turn together.</summary>
internal enum RotaryPairs
{
    /// <summary>Channel i with i + dims/2 (GPT-NeoX and Hugging Face's Llama).</summary>
    HalfSplit,

    /// <summary>Channel 2i with 2i + 1 (Su et al. 2021, ChatGLM2).</summary>
    Interleaved,
}

/// <summary>Rotary position embedding (Su et al. 2021), applied in place.</summary>
internal static unsafe class Rotary
{
    /// <summary>Turns each pair (a, b) of each head into (a·cos − b·sin, b·cos + a·sin).</summary>
    /// <param name="heads">(heads, headDim) of one token.</param>
    /// <param name="cos">Cosines of the token's position, one per pair: half as many as channels turn.</param>
    /// <param name="sin">Sines likewise.</param>
    /// <param name="headDim">Channels of a head; the first 2·cos.Length of them turn, the others stay.</param>
    public static void Apply(Span<float> heads, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin, int headDim, RotaryPairs pairs)
    {
        switch (SimdWidth.Bits)
        {
            case 512: Apply<Lanes512>(heads, cos, sin, headDim, pairs); break;
            case 256: Apply<Lanes256>(heads, cos, sin, headDim, pairs); break;
            default: Apply<LanesScalar>(heads, cos, sin, headDim, pairs); break;
        }
    }

    public static void Apply<T>(Span<float> heads, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin, int headDim, RotaryPairs pairs) where T : struct, ILanes<T>
    {
        int half = cos.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(sin.Length, half);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(2 * half, headDim);
        ArgumentOutOfRangeException.ThrowIfNotEqual(heads.Length % headDim, 0);
        fixed (float* all = heads, cosines = cos, sines = sin)
        {
            for (int start = 0; start < heads.Length; start += headDim)
            {
                float* head = all + start;
                int i = 0;
                if (pairs == RotaryPairs.HalfSplit)
                {
                    for (; i + 16 <= half; i += 16)
                    {
                        T a = T.Load(head + i), b = T.Load(head + half + i), c = T.Load(cosines + i), s = T.Load(sines + i);
                        ((a * c) - (b * s)).Store(head + i);
                        ((b * c) + (a * s)).Store(head + half + i);
                    }
                    for (; i < half; i++) Turn(ref head[i], ref head[half + i], cosines[i], sines[i]);
                }
                for (; i < half; i++) Turn(ref head[2 * i], ref head[(2 * i) + 1], cosines[i], sines[i]);
            }
        }
    }

    static void Turn(ref float a, ref float b, float cos, float sin)
    {
        float turned = (a * cos) - (b * sin);
        b = (b * cos) + (a * sin);
        a = turned;
    }
}
