using System.Runtime.CompilerServices;

namespace Juxta.Engine.Kernels.Lanes;

/// <summary>Functions of sixteen lanes whose bits do not depend on the vector width or on a system's mathematics library.</summary>
internal static unsafe class LaneMath
{
    /// <summary>Above ln of the largest float the result is +∞; below ln of the smallest normal one it is 0.</summary>
    const float ExpOverflow = 88.72284f, ExpUnderflow = -87.33654f;

    /// <summary>
    /// eˣ = 2ⁿ·eʳ with n = x/ln 2 rounded and |r| ≤ ln 2 / 2; eʳ is its Taylor series to r⁷, whose remainder is below 6e-9. About one unit in the
    /// last place. NaN stays NaN; results that would be subnormal are 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x) where T : struct, ILanes<T>
    {
        // Adding 1.5·2²³ leaves n, rounded, in the low bits of the sum.
        T shift = T.Create(12582912f);
        T shifted = T.FusedMultiplyAdd(x, T.Create(1.44269504f), shift);
        T n = shifted - shift;
        // ln 2 in two parts, the first short enough for n·part to be exact.
        T r = T.FusedMultiplyAdd(n, T.Create(-0.693359375f), x);
        r = T.FusedMultiplyAdd(n, T.Create(2.12194440e-4f), r);

        T sum = T.Create(1f / 5040);
        sum = T.FusedMultiplyAdd(sum, r, T.Create(1f / 720));
        sum = T.FusedMultiplyAdd(sum, r, T.Create(1f / 120));
        sum = T.FusedMultiplyAdd(sum, r, T.Create(1f / 24));
        sum = T.FusedMultiplyAdd(sum, r, T.Create(1f / 6));
        sum = T.FusedMultiplyAdd(sum, r, T.Create(0.5f));
        sum = T.FusedMultiplyAdd(sum, r, T.Create(1f));
        sum = T.FusedMultiplyAdd(sum, r, T.Create(1f));

        T result = T.AddToExponent(sum, shifted);
        result = T.WhereGreater(x, T.Create(ExpOverflow), T.Create(float.PositiveInfinity), result);
        // What is not above the lower limit is 0, or NaN, which fails both comparisons.
        T below = T.WhereGreater(T.Create(0f), x, T.Create(0f), x);
        return T.WhereGreater(x, T.Create(ExpUnderflow), result, below);
    }

    /// <summary>eˣ of one number, with the bits of a lane.</summary>
    public static float Exp(float x)
    {
        // The same steps as above; one lane of the definition.
        float shifted = MathF.FusedMultiplyAdd(x, 1.44269504f, 12582912f);
        float n = shifted - 12582912f;
        float r = MathF.FusedMultiplyAdd(n, -0.693359375f, x);
        r = MathF.FusedMultiplyAdd(n, 2.12194440e-4f, r);
        float sum = 1f / 5040;
        sum = MathF.FusedMultiplyAdd(sum, r, 1f / 720);
        sum = MathF.FusedMultiplyAdd(sum, r, 1f / 120);
        sum = MathF.FusedMultiplyAdd(sum, r, 1f / 24);
        sum = MathF.FusedMultiplyAdd(sum, r, 1f / 6);
        sum = MathF.FusedMultiplyAdd(sum, r, 0.5f);
        sum = MathF.FusedMultiplyAdd(sum, r, 1f);
        sum = MathF.FusedMultiplyAdd(sum, r, 1f);
        if (!(x > ExpUnderflow)) return x < 0 ? 0 : x;
        if (x > ExpOverflow) return float.PositiveInfinity;
        return BitConverter.Int32BitsToSingle(unchecked(BitConverter.SingleToInt32Bits(sum) + (BitConverter.SingleToInt32Bits(shifted) << 23)));
    }

    /// <summary>1/(1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T>(T x) where T : struct, ILanes<T>
    {
        T one = T.Create(1f);
        return one / (one + Exp(T.Create(0f) - x));
    }

    /// <summary>1 − 2/(e²ˣ + 1); absolute error below 2e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T>(T x) where T : struct, ILanes<T>
    {
        T one = T.Create(1f);
        return one - (T.Create(2f) / (Exp(x + x) + one));
    }

    /// <summary>The first <paramref name="count"/> lanes of what <paramref name="source"/> points at, <paramref name="otherwise"/> in the others.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static T LoadPartial<T>(float* source, int count, float otherwise = 0) where T : struct, ILanes<T>
    {
        float* lanes = stackalloc float[ILanes<T>.Count];
        for (int i = 0; i < ILanes<T>.Count; i++) lanes[i] = i < count ? source[i] : otherwise;
        return T.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void StorePartial<T>(T value, float* destination, int count) where T : struct, ILanes<T>
    {
        float* lanes = stackalloc float[ILanes<T>.Count];
        value.Store(lanes);
        for (int i = 0; i < count; i++) destination[i] = lanes[i];
    }
}
