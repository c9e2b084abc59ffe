using Juxta.Engine.Kernels.Lanes;

namespace Juxta.Engine.Kernels;

/// <summary>Sums of rows.</summary>
internal static unsafe class Elementwise
{
    /// <summary>y += x.</summary>
    public static void Add(ReadOnlySpan<float> x, Span<float> y) => AddScaled(x, 1, y);

    /// <summary>y = fma(scale, x, y).</summary>
    public static void AddScaled(ReadOnlySpan<float> x, float scale, Span<float> y)
    {
        switch (SimdWidth.Bits)
        {
            case 512: AddScaled<Lanes512>(x, scale, y); break;
            case 256: AddScaled<Lanes256>(x, scale, y); break;
            default: AddScaled<LanesScalar>(x, scale, y); break;
        }
    }

    public static void AddScaled<T>(ReadOnlySpan<float> x, float scale, Span<float> y) where T : struct, ILanes<T>
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        fixed (float* source = x, destination = y)
        {
            T factor = T.Create(scale);
            int i = 0;
            for (; i + 16 <= x.Length; i += 16) T.FusedMultiplyAdd(factor, T.Load(source + i), T.Load(destination + i)).Store(destination + i);
            for (; i < x.Length; i++) destination[i] = MathF.FusedMultiplyAdd(scale, source[i], destination[i]);
        }
    }
}
