using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Memory;

namespace Juxta.KernelBench;

/// <summary>The kernels in the shapes of Qwen2.5-0.5B.</summary>
sealed unsafe class Bench(WorkerPool pool, int threads) : IDisposable
{
    static readonly (int Columns, int Rows)[] Shapes = [(896, 1152), (896, 4864), (4864, 896), (896, 151936)];

    readonly List<IDisposable> _owned = [];

    public void Product(string title, int[] tokenCounts, string[]? formats = null)
    {
        Console.WriteLine($"{title}: (inputs x outputs) format tokens | time | GB/s of weights [memory reading] share | GFLOP/s");
        foreach ((int columns, int rows) in Shapes)
        {
            foreach (string format in (string[])["bf16", "f16", "f32", "q8_0", "q4_0", "int8", "int4"])
            {
                if (formats is not null && !formats.Contains(format)) continue;
                if (rows > 100_000 && (format == "f16" || tokenCounts[0] > 16)) continue;
                // Enough copies that no cache holds them, as in a model with many layers.
                PackedMatrix first = Weights(format, rows, columns);
                PackedMatrix[] copies = [first, .. Enumerable.Range(1, Math.Clamp((int)(256e6 / first.Bytes), 1, 16) - 1).Select(_ => Weights(format, rows, columns))];
                foreach (int tokens in tokenCounts)
                {
                    Matrix x = Activations(tokens, columns), y = Activations(tokens, rows);
                    int next = 0;
                    double before = MemoryReading.GigabytesPerSecond(threads);
                    double seconds = Measure.Seconds(() => MatMul.Multiply(pool, copies[next++ % copies.Length], x, y));
                    double memory = (before + MemoryReading.GigabytesPerSecond(threads)) / 2, bytes = copies[0].Bytes / seconds;
                    Console.WriteLine(
                        $"  {columns,5} x {rows,-6} {format,-4} {tokens,4} | {seconds * 1e6,9:F1} us | {bytes / 1e9,6:F1} [{memory:F1}] {bytes / 1e9 / memory,5:P0} | {2.0 * tokens * rows * columns / seconds / 1e9,6:F0}");
                }
                foreach (PackedMatrix copy in copies) copy.Dispose();
            }
        }
    }

    public void Attention(int heads, int kvHeads, CacheFormat format)
    {
        const int Layers = 24, HeadDim = 64;
        Console.WriteLine($"attention, 24 layers, {heads} heads over {kvHeads} of 64 channels, cache in {format}: new tokens at depth | time for all layers | GB/s of cache [memory reading] | GFLOP/s");
        using var cache = new KvCache(Layers, kvHeads, HeadDim, 256, format);
        float[] row = new float[kvHeads * HeadDim];
        var random = new Random(1);
        for (int layer = 0; layer < Layers; layer++)
        {
            for (int token = 0; token < 256 * 32; token++)
            {
                for (int i = 0; i < row.Length; i++) row[i] = random.NextSingle() - 0.5f;
                cache.Write(layer, token / 32, token % 32, row, row);
            }
        }
        int[] blocks = [.. Enumerable.Range(0, 256)];
        foreach ((int tokens, int depth) in ((int, int)[])[(1, 512), (1, 2048), (1, 8000), (512, 0), (512, 1536)])
        {
            Matrix q = Activations(tokens, heads * HeadDim), output = Activations(tokens, heads * HeadDim);
            TokenRun[] runs = [new(0, tokens, depth, blocks, 0)];
            double seconds = Measure.Seconds(() =>
            {
                for (int layer = 0; layer < Layers; layer++) Engine.Kernels.Attention.Run(pool, cache, layer, runs, q, output, heads, 0.125f);
            });
            double bytes = KvCache.BytesPerBlock(Layers, kvHeads, HeadDim, format) / 32.0 * (depth + tokens), keys = tokens * (depth + (tokens / 2.0));
            Console.WriteLine(
                $"  {tokens,4} at {depth,4} | {seconds * 1e3,8:F2} ms | {bytes / seconds / 1e9,6:F1} [{MemoryReading.GigabytesPerSecond(threads):F1}] | {4.0 * Layers * heads * HeadDim * keys / seconds / 1e9:F0}");
        }
    }

    public void Rows()
    {
        Console.WriteLine("rows");
        Matrix x = Activations(512, 4864), y = Activations(512, 4864), z = Activations(512, 4864);
        var weight = new float[896];
        Matrix hidden = Activations(512, 896), normed = Activations(512, 896);
        Line("rms norm, 1 x 896", () => Norm.Rms(pool, hidden.RowRange(0, 1), weight, 1e-6f, normed.RowRange(0, 1)));
        Line("rms norm, 512 x 896", () => Norm.Rms(pool, hidden, weight, 1e-6f, normed));
        Line("silu multiply, 1 x 4864", () => Activation.SiluMultiply(pool, x.RowRange(0, 1), y.RowRange(0, 1), z.RowRange(0, 1)));
        Line("silu multiply, 512 x 4864", () => Activation.SiluMultiply(pool, x, y, z));
        Matrix logits = Activations(2, 151_936);
        Line("log-sum-exp, 151936", () => Softmax.LogSumExp(logits.Row(0)));
        Line("probabilities, 151936", () => Softmax.Probabilities(logits.Row(0), logits.Row(1)));
        Line("arg max, 151936", () => Softmax.ArgMax(logits.Row(0)));
        var angles = new float[32];
        Line("rotary, 14 heads of 64", () => Rotary.Apply(hidden.Row(0), angles, angles, 64, RotaryPairs.HalfSplit));
        Line("add, 896", () => Elementwise.Add(hidden.Row(0), hidden.Row(1)));
        using PackedMatrix a = Weights("f32", 8, 896), b = Weights("f32", 896, 8);
        Line("lora A, rank 8, 1 token", () => MatMul.Multiply(pool, a, hidden.RowRange(0, 1), x.RowRange(0, 1).ColumnRange(0, 8)));
        Line("lora B, rank 8, 1 token", () => MatMul.MultiplyAdd(pool, b, x.RowRange(0, 1).ColumnRange(0, 8), 2, normed.RowRange(0, 1)));
        Line("lora A, rank 8, 512 tokens", () => MatMul.Multiply(pool, a, hidden, x.ColumnRange(0, 8)));
        Line("lora B, rank 8, 512 tokens", () => MatMul.MultiplyAdd(pool, b, x.ColumnRange(0, 8), 2, normed));
    }

    public void Packing()
    {
        Console.WriteLine("packing: format | GB/s of source [memory reading]");
        foreach (DType type in (DType[])[DType.BF16, DType.F16, DType.F32])
        {
            const int Rows = 40_000, Columns = 896;
            TensorView view = Tensor(type, Rows, Columns);
            double seconds = Measure.Seconds(() => PackedMatrix.Pack(pool, view).Dispose());
            Console.WriteLine($"  {type,-4} | {view.Bytes / seconds / 1e9:F1} [{MemoryReading.GigabytesPerSecond(threads):F1}]");
        }
    }

    public void ForkAndJoin() => Line("fork and join", () => pool.Run<byte>(pool.Threads, &Nothing, null));

    public void Dispose()
    {
        foreach (IDisposable owned in _owned) owned.Dispose();
    }

    static void Nothing(byte* state, int chunk, int worker) { }

    static void Line(string title, Action action) => Console.WriteLine($"  {title,-28} {Measure.Seconds(action) * 1e6,10:F2} us");

    PackedMatrix Weights(string format, int rows, int columns) => format switch
    {
        "int8" => PackedMatrix.Pack(pool, Quantised(8, rows, columns)),
        "int4" => PackedMatrix.Pack(pool, Quantised(4, rows, columns)),
        "q8_0" => PackedMatrix.Pack(pool, WeightFormats.Q8, Tensor(DType.BF16, rows, columns)),
        "q4_0" => PackedMatrix.Pack(pool, WeightFormats.Q4, Tensor(DType.BF16, rows, columns)),
        _ => PackedMatrix.Pack(pool, Tensor(Enum.Parse<DType>(format, ignoreCase: true), rows, columns)),
    };

    QuantisedView Quantised(int bits, int rows, int columns)
    {
        int rowBytes = columns * bits / 8;
        var buffer = new AlignedBuffer((long)rows * rowBytes);
        _owned.Add(buffer);
        new Random(1).NextBytes(new Span<byte>(buffer.Pointer, rows * rowBytes));
        return new QuantisedView(new TensorView("random", DType.I8, [rows, rowBytes], buffer.Pointer), Tensor(DType.F16, rows, 1), bits, columns);
    }

    TensorView Tensor(DType type, int rows, int columns)
    {
        var buffer = new AlignedBuffer((long)rows * columns * type.Size());
        _owned.Add(buffer);
        var random = new Random(1);
        for (long i = 0; i < (long)rows * columns; i++)
        {
            float value = ((random.Next() & 0xFFFF) - 32768f) / 65536f;
            if (type == DType.F32) ((float*)buffer.Pointer)[i] = value;
            else if (type == DType.F16) ((Half*)buffer.Pointer)[i] = (Half)value;
            else ((ushort*)buffer.Pointer)[i] = (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
        }
        return new TensorView("random", type, [rows, columns], buffer.Pointer);
    }

    Matrix Activations(int rows, int columns)
    {
        var buffer = new AlignedBuffer((long)rows * columns * sizeof(float));
        _owned.Add(buffer);
        var random = new Random(2);
        for (long i = 0; i < (long)rows * columns; i++) ((float*)buffer.Pointer)[i] = random.NextSingle() - 0.5f;
        return new Matrix((float*)buffer.Pointer, rows, columns);
    }
}
