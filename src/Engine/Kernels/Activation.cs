using Juxta.Engine.Kernels.Lanes;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels;

/// <summary>The non-linear parts of feed-forward layers.</summary>
internal static unsafe class Activation
{
    /// <summary>y = gate / (1 + e^−gate) · up (SwiGLU, Shazeer 2020). <paramref name="y"/> may be either input.</summary>
    public static void SiluMultiply(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> y)
    {
        switch (SimdWidth.Bits)
        {
            case 512: SiluMultiply<Lanes512>(gate, up, y); break;
            case 256: SiluMultiply<Lanes256>(gate, up, y); break;
            default: SiluMultiply<LanesScalar>(gate, up, y); break;
        }
    }

    /// <summary>Row by row over the pool.</summary>
    public static void SiluMultiply(WorkerPool pool, Matrix gate, Matrix up, Matrix y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(up.Rows, gate.Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Rows, gate.Rows);
        var job = new SiluJob { Gate = gate, Up = up, Y = y };
        if (RowChunks.Inline(gate)) for (int chunk = 0; chunk < RowChunks.Count(gate); chunk++) SiluChunk(&job, chunk, 0);
        else pool.Run(RowChunks.Count(gate), &SiluChunk, &job);
    }

    public static void SiluMultiply<T>(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> y) where T : struct, ILanes<T>
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(up.Length, gate.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, gate.Length);
        fixed (float* gates = gate, ups = up, destination = y)
        {
            int i = 0;
            for (; i + 16 <= gate.Length; i += 16) Silu(T.Load(gates + i), T.Load(ups + i)).Store(destination + i);
            if (i == gate.Length) return;
            int rest = gate.Length - i;
            LaneMath.StorePartial(Silu(LaneMath.LoadPartial<T>(gates + i, rest), LaneMath.LoadPartial<T>(ups + i, rest)), destination + i, rest);
        }

        static T Silu(T gate, T up) => gate * LaneMath.Sigmoid(gate) * up;
    }

    /// <summary>y = x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³))) (Hendrycks and Gimpel 2016, the tanh form). <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public static void GeluTanh(ReadOnlySpan<float> x, Span<float> y)
    {
        switch (SimdWidth.Bits)
        {
            case 512: GeluTanh<Lanes512>(x, y); break;
            case 256: GeluTanh<Lanes256>(x, y); break;
            default: GeluTanh<LanesScalar>(x, y); break;
        }
    }

    /// <summary>Row by row over the pool.</summary>
    public static void GeluTanh(WorkerPool pool, Matrix x, Matrix y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Rows, x.Rows);
        var job = new GeluJob { X = x, Y = y };
        if (RowChunks.Inline(x)) for (int chunk = 0; chunk < RowChunks.Count(x); chunk++) GeluChunk(&job, chunk, 0);
        else pool.Run(RowChunks.Count(x), &GeluChunk, &job);
    }

    public static void GeluTanh<T>(ReadOnlySpan<float> x, Span<float> y) where T : struct, ILanes<T>
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        fixed (float* source = x, destination = y)
        {
            int i = 0;
            for (; i + 16 <= x.Length; i += 16) Gelu(T.Load(source + i)).Store(destination + i);
            if (i < x.Length) LaneMath.StorePartial(Gelu(LaneMath.LoadPartial<T>(source + i, x.Length - i)), destination + i, x.Length - i);
        }

        static T Gelu(T x)
        {
            T cubed = T.FusedMultiplyAdd(x * x * x, T.Create(0.044715f), x);
            T tanh = LaneMath.Tanh(cubed * T.Create(0.7978845608f));
            return x * T.Create(0.5f) * (T.Create(1f) + tanh);
        }
    }

    /// <summary>x = cap · tanh(x / cap) (Gemma 2).</summary>
    public static void SoftCap(Span<float> x, float cap)
    {
        switch (SimdWidth.Bits)
        {
            case 512: SoftCap<Lanes512>(x, cap); break;
            case 256: SoftCap<Lanes256>(x, cap); break;
            default: SoftCap<LanesScalar>(x, cap); break;
        }
    }

    public static void SoftCap<T>(Span<float> x, float cap) where T : struct, ILanes<T>
    {
        fixed (float* values = x)
        {
            int i = 0;
            for (; i + 16 <= x.Length; i += 16) Cap(T.Load(values + i), cap).Store(values + i);
            if (i < x.Length) LaneMath.StorePartial(Cap(LaneMath.LoadPartial<T>(values + i, x.Length - i), cap), values + i, x.Length - i);
        }

        static T Cap(T x, float cap) => T.Create(cap) * LaneMath.Tanh(x * T.Create(1 / cap));
    }

    /// <summary>y = GeluTanh(gate) · up, row by row. <paramref name="y"/> may be <paramref name="gate"/>.</summary>
    public static void GeluTanhMultiply(Matrix gate, Matrix up, Matrix y)
    {
        for (int row = 0; row < gate.Rows; row++)
        {
            GeluTanh(gate.Row(row), y.Row(row));
            Span<float> target = y.Row(row);
            ReadOnlySpan<float> factor = up.Row(row);
            for (int i = 0; i < target.Length; i++) target[i] *= factor[i];
        }
    }

    static void SiluChunk(SiluJob* job, int chunk, int worker)
    {
        for (int row = RowChunks.First(chunk); row < RowChunks.End(chunk, job->Gate); row++) SiluMultiply(job->Gate.Row(row), job->Up.Row(row), job->Y.Row(row));
    }

    static void GeluChunk(GeluJob* job, int chunk, int worker)
    {
        for (int row = RowChunks.First(chunk); row < RowChunks.End(chunk, job->X); row++) GeluTanh(job->X.Row(row), job->Y.Row(row));
    }

    struct GeluJob
    {
        public Matrix X;
        public Matrix Y;
    }

    struct SiluJob
    {
        public Matrix Gate;
        public Matrix Up;
        public Matrix Y;
    }
}
