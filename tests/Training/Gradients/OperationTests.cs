using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Sampling;
using Juxta.Training.Gradients;
using Juxta.Training.Samples;
using static Juxta.TrainingTests.Gradients.GradientCheck;

namespace Juxta.TrainingTests.Gradients;

public sealed class OperationTests
{
    static double[,] Map(double[,] x, Func<int, int, double> f)
    {
        var y = new double[x.GetLength(0), x.GetLength(1)];
        for (int i = 0; i < y.GetLength(0); i++)
            for (int j = 0; j < y.GetLength(1); j++) y[i, j] = f(i, j);
        return y;
    }

    static double[,] Times(double[,] x, double[,] w)
    {
        var y = new double[x.GetLength(0), w.GetLength(0)];
        for (int t = 0; t < x.GetLength(0); t++)
            for (int o = 0; o < w.GetLength(0); o++)
                for (int k = 0; k < w.GetLength(1); k++) y[t, o] += x[t, k] * w[o, k];
        return y;
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 33, 17)]
    [InlineData(40, 16, 70)]
    public void A_product(int tokens, int inputs, int outputs) => Run(
        [Random(tokens, inputs, 1)], [Random(outputs, inputs, 2)],
        (tape, x, p) => Product.Of(tape, x[0], new Weight(p[0])),
        (x, p) => Times(x[0], p[0]));

    [Fact]
    public void A_frozen_weight_takes_its_gradient_back_in_its_own_type()
    {
        double[,] values = Random(40, 24, 2);
        float[] rows = [.. values.Cast<double>().Select(value => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits((float)value) & 0xFFFF0000))];
        double[,] rounded = Map(values, (i, j) => rows[(i * 24) + j]);
        using PackedMatrix packed = BFloat16(rows, 40, 24);
        Run([Random(7, 24, 1)], [], (tape, x, _) => Product.Of(tape, x[0], new Weight(packed)), (x, _) => Times(x[0], rounded));
    }

    static unsafe PackedMatrix BFloat16(float[] rows, int outputs, int inputs)
    {
        ushort[] brains = [.. rows.Select(value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))];
        using var pool = new WorkerPool(1);
        fixed (ushort* data = brains) return PackedMatrix.Pack(pool, new Juxta.Engine.Memory.TensorView("w", Juxta.Engine.Memory.DType.BF16, [outputs, inputs], (byte*)data));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3f)]
    public void A_low_rank_change(float dropout)
    {
        const ulong seed = 5;
        Run(
            [Random(6, 20, 1), Random(6, 12, 2)], [Random(4, 20, 3), Random(12, 4, 4)],
            (tape, x, p) =>
            {
                new LowRank(p[0], p[1], 1.5f, dropout).AddTo(tape, x[0], x[1], new DropoutDraw(seed));
                return Affine.Scale(tape, 1, x[1]);
            },
            (x, p) =>
            {
                double[,] kept = Map(x[0], (t, i) => dropout > 0 && Philox.Uniform(seed, ((ulong)t << 32) | (uint)i) < dropout ? 0 : x[0][t, i] / (1 - dropout));
                double[,] change = Times(Times(kept, p[0]), p[1]);
                return Map(x[1], (t, o) => x[1][t, o] + (1.5 * change[t, o]));
            });
    }

    [Fact]
    public void A_sum_with_a_factor_and_a_bias() => Run(
        [Random(5, 19, 1), Random(5, 19, 2)], [Random(1, 19, 3)],
        (tape, x, p) =>
        {
            Variable sum = Affine.Add(tape, 0.7f, x[0], x[1]);
            Affine.AddBias(tape, sum, p[0], trained: true);
            return sum;
        },
        (x, p) => Map(x[0], (t, i) => (0.7f * x[0][t, i]) + x[1][t, i] + p[0][0, i]));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 0)]
    public void A_root_mean_square_norm(int groups, float offset) => Run(
        [Random(5, 18 * groups, 1)], [Random(1, 18, 2)],
        (tape, x, p) => RootMeanSquare.Of(tape, x[0], p[0], trained: true, 1e-5f, offset),
        (x, p) => Map(x[0], (t, i) =>
        {
            double squares = Enumerable.Range(i / 18 * 18, 18).Sum(k => x[0][t, k] * x[0][t, k]);
            return x[0][t, i] / Math.Sqrt((squares / 18) + 1e-5) * (p[0][0, i % 18] + offset);
        }));

    [Fact]
    public void A_layer_norm() => Run(
        [Random(5, 18, 1)], [Random(1, 18, 2), Random(1, 18, 3)],
        (tape, x, p) => LayerNormalization.Of(tape, x[0], p[0], p[1], trained: true, 1e-5f),
        (x, p) => Map(x[0], (t, i) =>
        {
            double mean = Enumerable.Range(0, 18).Average(k => x[0][t, k]);
            double variance = Enumerable.Range(0, 18).Average(k => (x[0][t, k] - mean) * (x[0][t, k] - mean));
            return ((x[0][t, i] - mean) / Math.Sqrt(variance + 1e-5) * p[0][0, i]) + p[1][0, i];
        }));

    static double Silu(double x) => x / (1 + Math.Exp(-x));

    static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    [Fact]
    public void A_gate_of_silu() => Run(
        [Random(4, 19, 1, 2), Random(4, 19, 2)], [],
        (tape, x, _) => Gate.Of(tape, x[0], x[1], GateActivation.Silu), (x, _) => Map(x[0], (t, i) => Silu(x[0][t, i]) * x[1][t, i]));

    [Fact]
    public void A_gate_of_gelu() => Run(
        [Random(4, 19, 1, 2), Random(4, 19, 2)], [],
        (tape, x, _) => Gate.Of(tape, x[0], x[1], GateActivation.GeluTanh), (x, _) => Map(x[0], (t, i) => Gelu(x[0][t, i]) * x[1][t, i]));

    [Fact]
    public void A_gelu_alone() => Run([Random(4, 19, 1, 2)], [], (tape, x, _) => Gate.Gelu(tape, x[0]), (x, _) => Map(x[0], (t, i) => Gelu(x[0][t, i])));

    [Fact]
    public void A_lookup_adds_up_what_an_id_gets_wherever_it_stands()
    {
        int[] ids = [3, 0, 3, 7, 3];
        Run([], [Random(8, 10, 1)], (tape, _, p) => Lookup.Of(tape, ids, p[0]), (_, p) => Map(new double[5, 10], (t, i) => p[0][ids[t], i]));
    }

    [Theory]
    [InlineData(RotaryPairs.HalfSplit)]
    [InlineData(RotaryPairs.Interleaved)]
    internal void A_rotation_of_some_channels(RotaryPairs pairs)
    {
        float[] frequencies = [1, 0.3f, 0.01f];
        int[] positions = [0, 5, 2, 91];
        var rotary = new RotaryEmbedding(new RopeFrequencies(frequencies, 1.1f), pairs);
        Run(
            [Random(4, 16, 1)], [],
            (tape, x, _) =>
            {
                Variable turned = Affine.Scale(tape, 1, x[0]);
                Rotation.Apply(tape, rotary, turned, 8, positions);
                return turned;
            },
            (x, _) => Map(x[0], (t, i) =>
            {
                int channel = i % 8, head = i - channel;
                if (channel >= 6) return x[0][t, i];
                int pair = pairs == RotaryPairs.HalfSplit ? channel % 3 : channel / 2;
                (int a, int b) = pairs == RotaryPairs.HalfSplit ? (pair, pair + 3) : (2 * pair, (2 * pair) + 1);
                double angle = positions[t] * frequencies[pair];
                (double cos, double sin) = (Math.Cos((float)angle) * 1.1f, Math.Sin((float)angle) * 1.1f);
                return channel == a ? (x[0][t, head + a] * cos) - (x[0][t, head + b] * sin) : (x[0][t, head + b] * cos) + (x[0][t, head + a] * sin);
            }));
    }

    [Theory]
    [InlineData(4, 4, 0, 0, 0)]
    [InlineData(4, 2, 0, 0, 0)]
    [InlineData(4, 1, 3, 0, 0)]
    [InlineData(2, 1, 0, 2, 0)]
    [InlineData(2, 2, 0, 0, 4)]
    public void Attention_within_texts(int heads, int kvHeads, int window, float cap, int prefix)
    {
        const int dim = 6;
        SampleSegment[] texts = [new(0, 5, prefix), new(5, 1), new(6, 7)];
        var config = new AttentionConfig(heads, kvHeads, dim, 0.4f, window, cap);
        Run(
            [Random(13, heads * dim, 1), Random(13, kvHeads * dim, 2), Random(13, kvHeads * dim, 3)], [],
            (tape, x, _) => CausalAttention.Of(tape, texts, config, x[0], x[1], x[2]),
            (x, _) => Map(x[0], (t, column) =>
            {
                SampleSegment text = texts.Last(text => text.Start <= t);
                int head = column / dim, kv = head * kvHeads / heads, i = t - text.Start, end = Math.Max(i + 1, text.PrefixLength), from = window > 0 ? Math.Max(0, i + 1 - window) : 0;
                double sum = 0, output = 0;
                for (int j = from; j < end; j++)
                {
                    double score = 0;
                    for (int c = 0; c < dim; c++) score += x[0][t, (head * dim) + c] * x[1][text.Start + j, (kv * dim) + c];
                    score *= 0.4f;
                    if (cap != 0) score = cap * Math.Tanh(score / cap);
                    sum += Math.Exp(score);
                    output += Math.Exp(score) * x[2][text.Start + j, (kv * dim) + (column % dim)];
                }
                return output / sum;
            }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Head_and_loss_of_more_rows_than_go_through_at_once(float cap)
    {
        const int tokens = 80, channels = 8, vocabulary = 37;
        double[,] hidden = Random(tokens, channels, 1), head = Random(vocabulary, channels, 2);
        int[] targets = [.. Enumerable.Range(0, tokens).Select(t => t % 5 == 4 ? -1 : t * 7 % vocabulary)];
        float[] weights = [.. Enumerable.Range(0, tokens).Select(t => 0.5f + (t % 3))];
        using var pool = new WorkerPool(2);
        using var tape = new Tape(pool);
        Variable states = Variable(tape, hidden);
        using Parameter parameter = Parameter(0, head);
        float[] nats = new float[tokens];
        double loss = HeadLoss.Of(tape, states, new Weight(parameter), targets, weights, cap, back: true, nats);
        Assert.Equal(Definition(), loss, 1e-3);
        Near(Numeric(hidden, Definition), states.Gradient, 3e-5, "the gradient of the states");
        Near(Numeric(head, Definition), parameter.Gradient, 3e-5, "the gradient of the head");
        Assert.All(Enumerable.Range(0, tokens).Where(t => targets[t] < 0), t => Assert.Equal(0, nats[t]));

        double Definition()
        {
            double[,] logits = Times(hidden, head);
            double total = 0;
            for (int t = 0; t < tokens; t++)
            {
                if (targets[t] < 0) continue;
                double[] row = [.. Enumerable.Range(0, vocabulary).Select(id => cap == 0 ? logits[t, id] : cap * Math.Tanh(logits[t, id] / cap))];
                total += weights[t] * (Math.Log(row.Sum(Math.Exp)) - row[targets[t]]);
            }
            return total;
        }
    }

    [Fact]
    public void A_segment_that_is_computed_again_has_the_same_gradient() => Run(
        [Random(6, 20, 1)], [Random(20, 20, 2), Random(1, 20, 3)],
        (tape, x, p) => tape.Segment(tape.Segment(x[0], input => Layer(tape, input, p)), input => Layer(tape, input, p)),
        (x, p) => Twice(x[0], p));

    static Variable Layer(Tape tape, Variable x, Parameter[] p) =>
        Affine.Add(tape, 1, Gate.Gelu(tape, Product.Of(tape, RootMeanSquare.Of(tape, x, p[1], trained: true, 1e-5f), new Weight(p[0]))), x);

    static double[,] Twice(double[,] x, double[][,] p)
    {
        for (int i = 0; i < 2; i++)
        {
            double[,] before = x;
            double[,] normed = Map(before, (t, c) => before[t, c] / Math.Sqrt((Enumerable.Range(0, 20).Sum(k => before[t, k] * before[t, k]) / 20) + 1e-5) * p[1][0, c]);
            double[,] product = Times(normed, p[0]);
            x = Map(before, (t, c) => before[t, c] + Gelu(product[t, c]));
        }
        return x;
    }
}
