using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Lanes;

namespace Juxta.EngineTests.Kernels;

/// <summary>Everything that is written over sixteen lanes: equal bits at every width, and the formula in double precision.</summary>
public sealed class ElementwiseTests
{
    const double Ulp = 1.2e-7;

    delegate void Unary(ReadOnlySpan<float> x, Span<float> y);

    [Fact]
    public void Rms_norm()
    {
        foreach (int n in KernelData.Lengths.Where(n => n > 0))
        {
            float[] weight = KernelData.Floats(n, 2);
            float[] y = SameAtEveryWidth(n, (x, y) => Norm.Rms<LanesScalar>(x, weight, 1e-6f, y), (x, y) => Norm.Rms<Lanes256>(x, weight, 1e-6f, y), (x, y) => Norm.Rms<Lanes512>(x, weight, 1e-6f, y));
            float[] x = KernelData.Floats(n, 1);
            double factor = 1 / Math.Sqrt((x.Sum(value => (double)value * value) / n) + 1e-6f);
            for (int i = 0; i < n; i++) AssertNear(x[i] * factor * weight[i], y[i], relative: 1e-6);
        }
    }

    [Fact]
    public void Layer_norm()
    {
        foreach (int n in KernelData.Lengths.Where(n => n > 0))
        {
            float[] weight = KernelData.Floats(n, 2), bias = KernelData.Floats(n, 3);
            float[] y = SameAtEveryWidth(
                n, (x, y) => Norm.Layer<LanesScalar>(x, weight, bias, 1e-5f, y), (x, y) => Norm.Layer<Lanes256>(x, weight, bias, 1e-5f, y), (x, y) => Norm.Layer<Lanes512>(x, weight, bias, 1e-5f, y));
            float[] x = KernelData.Floats(n, 1);
            double mean = x.Average(value => (double)value), variance = x.Sum(value => (value - mean) * (value - mean)) / n;
            for (int i = 0; i < n; i++) AssertNear(((x[i] - mean) / Math.Sqrt(variance + 1e-5f) * weight[i]) + bias[i], y[i], 1e-5, absolute: 1e-5);
        }
    }

    [Fact]
    public void Silu_multiply()
    {
        foreach (int n in KernelData.Lengths)
        {
            float[] up = KernelData.Floats(n, 2);
            float[] y = SameAtEveryWidth(n, (x, y) => Activation.SiluMultiply<LanesScalar>(x, up, y), (x, y) => Activation.SiluMultiply<Lanes256>(x, up, y), (x, y) => Activation.SiluMultiply<Lanes512>(x, up, y));
            float[] x = KernelData.Floats(n, 1);
            for (int i = 0; i < n; i++) AssertNear(x[i] / (1 + Math.Exp(-x[i])) * up[i], y[i], 8 * Ulp);
        }
    }

    [Fact]
    public void Gelu_tanh()
    {
        foreach (int n in KernelData.Lengths)
        {
            float[] y = SameAtEveryWidth(n, Activation.GeluTanh<LanesScalar>, Activation.GeluTanh<Lanes256>, Activation.GeluTanh<Lanes512>);
            float[] x = KernelData.Floats(n, 1);
            for (int i = 0; i < n; i++)
                AssertNear(0.5 * x[i] * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x[i] + (0.044715 * Math.Pow(x[i], 3))))), y[i], 8 * Ulp, absolute: 4 * Ulp * Math.Abs(x[i]));
        }
    }

    [Fact]
    public void Soft_cap()
    {
        const float cap = 30;
        foreach (int n in KernelData.Lengths)
        {
            Unary Of(Action<Span<float>> capped) => (x, y) =>
            {
                x.CopyTo(y);
                capped(y);
            };
            float[] y = SameAtEveryWidth(
                n, Of(y => Activation.SoftCap<LanesScalar>(y, cap)), Of(y => Activation.SoftCap<Lanes256>(y, cap)), Of(y => Activation.SoftCap<Lanes512>(y, cap)));
            float[] x = KernelData.Floats(n, 1);
            for (int i = 0; i < n; i++) AssertNear(cap * Math.Tanh(x[i] / cap), y[i], 8 * Ulp, absolute: cap * 2e-7);
        }
    }

    [Fact]
    public void Add_scaled()
    {
        foreach (int n in KernelData.Lengths)
        {
            float[] start = KernelData.Floats(n, 2), x = KernelData.Floats(n, 1);
            Unary From(Unary add) => (x, y) =>
            {
                start.CopyTo(y);
                add(x, y);
            };
            float[] y = SameAtEveryWidth(
                n, From((x, y) => Elementwise.AddScaled<LanesScalar>(x, 0.3f, y)), From((x, y) => Elementwise.AddScaled<Lanes256>(x, 0.3f, y)), From((x, y) => Elementwise.AddScaled<Lanes512>(x, 0.3f, y)));
            for (int i = 0; i < n; i++) Assert.Equal(MathF.FusedMultiplyAdd(0.3f, x[i], start[i]), y[i]);
        }
    }

    [Theory]
    [InlineData(64, 64, RotaryPairs.HalfSplit)]
    [InlineData(64, 64, RotaryPairs.Interleaved)]
    [InlineData(80, 40, RotaryPairs.HalfSplit)]
    [InlineData(10, 6, RotaryPairs.Interleaved)]
    [InlineData(128, 128, RotaryPairs.HalfSplit)]
    internal void Rotary_embedding(int headDim, int rotaryDims, RotaryPairs pairs)
    {
        int half = rotaryDims / 2;
        float[] cos = [.. Enumerable.Range(0, half).Select(i => MathF.Cos(i * 0.7f))], sin = [.. Enumerable.Range(0, half).Select(i => MathF.Sin(i * 0.7f))];
        Unary In(RotaryApply apply) => (x, y) =>
        {
            x.CopyTo(y);
            apply(y, cos, sin, headDim, pairs);
        };
        float[] y = SameAtEveryWidth(3 * headDim, In(Rotary.Apply<LanesScalar>), In(Rotary.Apply<Lanes256>), In(Rotary.Apply<Lanes512>));
        float[] x = KernelData.Floats(3 * headDim, 1);
        for (int head = 0; head < 3; head++)
        {
            for (int i = 0; i < half; i++)
            {
                int first = (head * headDim) + (pairs == RotaryPairs.HalfSplit ? i : 2 * i), second = pairs == RotaryPairs.HalfSplit ? first + half : first + 1;
                AssertNear(((double)x[first] * cos[i]) - ((double)x[second] * sin[i]), y[first], 0, 8e-6);
                AssertNear(((double)x[second] * cos[i]) + ((double)x[first] * sin[i]), y[second], 0, 8e-6);
            }
            for (int i = rotaryDims; i < headDim; i++) Assert.Equal(x[(head * headDim) + i], y[(head * headDim) + i]);
        }
    }

    [Fact]
    public unsafe void Exp_is_close_and_has_stated_edges()
    {
        foreach (float x in (float[])[.. Enumerable.Range(-87000, 175700).Select(i => i * 0.001f)])
        {
            float y = LaneMath.Exp(x);
            AssertNear(Math.Exp(x), y, 2 * Ulp);
        }
        float[] edges = [0, -0f, 88.72f, 88.73f, 1000, float.PositiveInfinity, -87.33f, -87.34f, -1000, float.NegativeInfinity, float.NaN, float.MaxValue, float.MinValue, 1e-40f, 1, -1];
        Assert.Equal(
            [1, 1, LaneMath.Exp(88.72f), float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity, LaneMath.Exp(-87.33f), 0, 0, 0, float.NaN, float.PositiveInfinity, 0, 1, LaneMath.Exp(1f), LaneMath.Exp(-1f)],
            edges.Select(LaneMath.Exp));
        KernelData.AssertSameBits(Lanes<LanesScalar>(edges), Lanes<Lanes512>(edges), "512");
        KernelData.AssertSameBits(Lanes<LanesScalar>(edges), Lanes<Lanes256>(edges), "256");
        KernelData.AssertSameBits([.. edges.Select(LaneMath.Exp)], Lanes<LanesScalar>(edges), "one number");
        for (int seed = 0; seed < 200; seed++)
        {
            float[] sixteen = [.. KernelData.Floats(16, seed).Select(value => value * 20)];
            KernelData.AssertSameBits([.. sixteen.Select(LaneMath.Exp)], Lanes<Lanes512>(sixteen), "512");
            KernelData.AssertSameBits([.. sixteen.Select(LaneMath.Exp)], Lanes<Lanes256>(sixteen), "256");
        }

        static float[] Lanes<T>(float[] x) where T : struct, ILanes<T>
        {
            var y = new float[16];
            fixed (float* source = x, destination = y) LaneMath.Exp(T.Load(source)).Store(destination);
            return y;
        }
    }

    [Fact]
    public void Log_sum_exp_and_probabilities()
    {
        foreach (int n in (int[])[.. KernelData.Lengths, 151_936])
        {
            float[] x = KernelData.Floats(n, 1);
            float expected = Softmax.LogSumExp<LanesScalar>(x);
            Assert.Equal(expected, Softmax.LogSumExp<Lanes256>(x));
            Assert.Equal(expected, Softmax.LogSumExp<Lanes512>(x));
            Assert.Equal(expected, Softmax.LogSumExp(x));
            if (n == 0)
            {
                Assert.Equal(float.NegativeInfinity, expected);
                continue;
            }
            double largest = x.Max(), exact = largest + Math.Log(x.Sum(value => Math.Exp(value - largest)));
            AssertNear(exact, expected, 2 * Ulp);
            float[] y = SameAtEveryWidth(n, Softmax.Probabilities<LanesScalar>, Softmax.Probabilities<Lanes256>, Softmax.Probabilities<Lanes512>);
            for (int i = 0; i < n; i++) AssertNear(Math.Exp(x[i] - exact), y[i], 1e-5, 1e-37);
        }
        Assert.Equal(float.NegativeInfinity, Softmax.LogSumExp([float.NegativeInfinity, float.NegativeInfinity]));
        Assert.Equal(float.NaN, Softmax.LogSumExp([1, float.NaN]));
        Assert.Equal(float.NaN, Softmax.LogSumExp([float.NaN]));
        Assert.Equal(2, Softmax.LogSumExp([2, float.NegativeInfinity]));
    }

    [Fact]
    public void Arg_max_is_the_first_of_the_largest_and_never_NaN()
    {
        foreach (int n in KernelData.Lengths.Where(n => n > 0))
        {
            float[] x = KernelData.Floats(n, n);
            Assert.Equal(Array.IndexOf(x, x.Max()), Softmax.ArgMax(x));
        }
        float[] row = [.. Enumerable.Repeat(1f, 5000)];
        Assert.Equal(0, Softmax.ArgMax(row));
        row[4000] = row[4999] = 2;
        Assert.Equal(4000, Softmax.ArgMax(row));
        row[4001] = row[0] = float.NaN;
        Assert.Equal(4000, Softmax.ArgMax(row));
        Assert.Equal(1, Softmax.ArgMax([float.NaN, float.NegativeInfinity, float.NaN]));
        Assert.Equal(0, Softmax.ArgMax([float.NaN, float.NaN]));
        Assert.Equal(0, Softmax.ArgMax([]));
    }

    delegate void RotaryApply(Span<float> heads, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin, int headDim, RotaryPairs pairs);

    static float[] SameAtEveryWidth(int n, Unary scalar, Unary v256, Unary v512)
    {
        // An odd offset: nothing may depend on alignment.
        float[] x = [0, .. KernelData.Floats(n, 1)];
        float[] expected = new float[n + 1], actual = new float[n + 1];
        scalar(x.AsSpan(1), expected.AsSpan(1));
        v256(x.AsSpan(1), actual.AsSpan(1));
        KernelData.AssertSameBits(expected, actual, $"256, length {n}");
        v512(x.AsSpan(1), actual.AsSpan(1));
        KernelData.AssertSameBits(expected, actual, $"512, length {n}");
        return expected[1..];
    }

    static void AssertNear(double expected, float actual, double relative, double absolute = 1e-38) =>
        Assert.InRange(actual, expected - (relative * Math.Abs(expected)) - absolute, expected + (relative * Math.Abs(expected)) + absolute);
}
