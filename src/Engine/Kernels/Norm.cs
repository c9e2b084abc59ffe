using Juxta.Engine.Kernels.Lanes;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels;

/// <summary>Normalisation of rows. Sums run over sixteen lanes that are folded by halves, so every vector width gives the same bits.</summary>
internal static unsafe class Norm
{
    /// <summary>y = x / √(mean(x²) + eps) · weight (Zhang and Sennrich 2019). <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public static void Rms(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float eps, Span<float> y)
    {
        switch (SimdWidth.Bits)
        {
            case 512: Rms<Lanes512>(x, weight, eps, y); break;
            case 256: Rms<Lanes256>(x, weight, eps, y); break;
            default: Rms<LanesScalar>(x, weight, eps, y); break;
        }
    }

    /// <summary>Row by row over the pool.</summary>
    public static void Rms(WorkerPool pool, Matrix x, ReadOnlySpan<float> weight, float eps, Matrix y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weight.Length, x.Columns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Rows, x.Rows);
        fixed (float* weights = weight)
        {
            var job = new RmsJob { X = x, Weight = weights, Eps = eps, Y = y };
            if (RowChunks.Inline(x)) for (int chunk = 0; chunk < RowChunks.Count(x); chunk++) RmsChunk(&job, chunk, 0);
            else pool.Run(RowChunks.Count(x), &RmsChunk, &job);
        }
    }

    public static void Rms<T>(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float eps, Span<float> y) where T : struct, ILanes<T>
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weight.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        fixed (float* source = x, weights = weight, destination = y)
        {
            T squares = T.Create(0f);
            int i = 0;
            for (; i + 16 <= x.Length; i += 16)
            {
                T value = T.Load(source + i);
                squares = T.FusedMultiplyAdd(value, value, squares);
            }
            if (i < x.Length)
            {
                T value = LaneMath.LoadPartial<T>(source + i, x.Length - i);
                squares = T.FusedMultiplyAdd(value, value, squares);
            }

            T factor = T.Create(1 / MathF.Sqrt((squares.Sum() / x.Length) + eps));
            for (i = 0; i + 16 <= x.Length; i += 16) (T.Load(source + i) * factor * T.Load(weights + i)).Store(destination + i);
            if (i < x.Length)
            {
                int rest = x.Length - i;
                LaneMath.StorePartial(LaneMath.LoadPartial<T>(source + i, rest) * factor * LaneMath.LoadPartial<T>(weights + i, rest), destination + i, rest);
            }
        }
    }

    /// <summary>y = (x − mean) / √(variance + eps) · weight + bias (Ba et al. 2016), variance over n. An empty bias is none.</summary>
    public static void Layer(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float eps, Span<float> y)
    {
        switch (SimdWidth.Bits)
        {
            case 512: Layer<Lanes512>(x, weight, bias, eps, y); break;
            case 256: Layer<Lanes256>(x, weight, bias, eps, y); break;
            default: Layer<LanesScalar>(x, weight, bias, eps, y); break;
        }
    }

    /// <summary>Row by row over the pool.</summary>
    public static void Layer(WorkerPool pool, Matrix x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float eps, Matrix y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weight.Length, x.Columns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bias.Length, x.Columns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Rows, x.Rows);
        fixed (float* weights = weight, biases = bias)
        {
            var job = new LayerJob { X = x, Weight = weights, Bias = biases, Eps = eps, Y = y };
            if (RowChunks.Inline(x)) for (int chunk = 0; chunk < RowChunks.Count(x); chunk++) LayerChunk(&job, chunk, 0);
            else pool.Run(RowChunks.Count(x), &LayerChunk, &job);
        }
    }

    public static void Layer<T>(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float eps, Span<float> y)
        where T : struct, ILanes<T>
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weight.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        if (!bias.IsEmpty) ArgumentOutOfRangeException.ThrowIfNotEqual(bias.Length, x.Length);
        fixed (float* source = x)
        {
            int whole = x.Length & ~15;
            T sum = T.Create(0f);
            for (int i = 0; i < whole; i += 16) sum += T.Load(source + i);
            if (whole < x.Length) sum += LaneMath.LoadPartial<T>(source + whole, x.Length - whole);
            float mean = sum.Sum() / x.Length;

            T means = T.Create(mean), squares = T.Create(0f);
            for (int i = 0; i < whole; i += 16)
            {
                T difference = T.Load(source + i) - means;
                squares = T.FusedMultiplyAdd(difference, difference, squares);
            }
            if (whole < x.Length)
            {
                T difference = LaneMath.LoadPartial<T>(source + whole, x.Length - whole, otherwise: mean) - means;
                squares = T.FusedMultiplyAdd(difference, difference, squares);
            }

            float factor = 1 / MathF.Sqrt((squares.Sum() / x.Length) + eps);
            for (int i = 0; i < x.Length; i++)
            {
                float value = (x[i] - mean) * factor * weight[i];
                y[i] = bias.IsEmpty ? value : value + bias[i];
            }
        }
    }

    static void RmsChunk(RmsJob* job, int chunk, int worker)
    {
        var weight = new ReadOnlySpan<float>(job->Weight, job->X.Columns);
        for (int row = RowChunks.First(chunk); row < RowChunks.End(chunk, job->X); row++) Rms(job->X.Row(row), weight, job->Eps, job->Y.Row(row));
    }

    static void LayerChunk(LayerJob* job, int chunk, int worker)
    {
        ReadOnlySpan<float> weight = new(job->Weight, job->X.Columns), bias = new(job->Bias, job->X.Columns);
        for (int row = RowChunks.First(chunk); row < RowChunks.End(chunk, job->X); row++) Layer(job->X.Row(row), weight, bias, job->Eps, job->Y.Row(row));
    }

    struct LayerJob
    {
        public Matrix X;
        public float* Weight;
        public float* Bias;
        public float Eps;
        public Matrix Y;
    }

    struct RmsJob
    {
        public Matrix X;
        public float* Weight;
        public float Eps;
        public Matrix Y;
    }
}
