using System.Runtime.Intrinsics;

namespace Juxta.Engine.Sampling;

/// <summary>
/// e^x for x ≤ 0, the same bits on every machine: x = n·ln 2 + r with |r| ≤ ln 2 / 2, Taylor's series of e^r to r⁷ (error below 6e-9 of the value)
/// by fused multiply-adds, then the exponent. Below −87 the result is 0.
/// </summary>
internal static class Exponential
{
    const float Lowest = -87, Log2E = 1.44269504f;

    // ln 2 in two parts; the first has few enough bits that n times it is exact.
    const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    public static float Exp(float x)
    {
        if (x < Lowest) return 0;
        float n = MathF.Floor((x * Log2E) + 0.5f);
        float r = MathF.FusedMultiplyAdd(n, -Ln2Low, MathF.FusedMultiplyAdd(n, -Ln2High, x));
        float p = 1f / 5040;
        p = MathF.FusedMultiplyAdd(p, r, 1f / 720);
        p = MathF.FusedMultiplyAdd(p, r, 1f / 120);
        p = MathF.FusedMultiplyAdd(p, r, 1f / 24);
        p = MathF.FusedMultiplyAdd(p, r, 1f / 6);
        p = MathF.FusedMultiplyAdd(p, r, 0.5f);
        p = MathF.FusedMultiplyAdd(p, r, 1);
        p = MathF.FusedMultiplyAdd(p, r, 1);
        return p * BitConverter.Int32BitsToSingle(((int)n + 127) << 23);
    }

    public static Vector512<float> Exp(Vector512<float> x)
    {
        Vector512<float> inRange = Vector512.GreaterThanOrEqual(x, Vector512.Create(Lowest));
        x = Vector512.Max(x, Vector512.Create(Lowest));
        Vector512<float> n = Vector512.Floor((x * Log2E) + Vector512.Create(0.5f));
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x));
        Vector512<float> p = Vector512.Create(1f / 5040);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 720));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 120));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 24));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        Vector512<int> exponent = (Vector512.ConvertToInt32(n) + Vector512.Create(127)) << 23;
        return Vector512.BitwiseAnd(p * exponent.AsSingle(), inRange);
    }

    /// <summary>The sixteen lanes' sum, folded in halves: one order on every machine.</summary>
    public static float Fold(Vector512<float> lanes)
    {
        Vector256<float> eight = lanes.GetLower() + lanes.GetUpper();
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }
}
