using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Lora;

/// <summary>
/// The weights behind a P-Tuning v2 prefix as ChatGLM's trainer stores them: a table of virtual tokens, in its long form followed by
/// linear, tanh, linear (<c>prefix_projection</c>). Slots of a row: key of layer 0, value of layer 0, key of layer 1 …
/// </summary>
internal static unsafe class PrefixEncoder
{
    /// <summary>What all its tensors' names begin with.</summary>
    public const string Path = "transformer.prefix_encoder";

    /// <summary>The tensor that every prefix has.</summary>
    public const string Table = Path + ".embedding.weight";

    const string First = Path + ".trans.0", Second = Path + ".trans.2";

    /// <summary>More virtual tokens than anybody trains; a file with more is damaged or hostile.</summary>
    const int MaxTokens = 1 << 16;

    /// <summary>Rows of the last layer that are packed at a time: that layer is as large as the model's other weights together.</summary>
    const int RowsAtATime = 4096;

    public static bool IsPart(string name) => name.StartsWith(Path + ".", StringComparison.Ordinal);

    /// <summary>Computes the prefix in f32.</summary>
    /// <param name="tokens">The config's pre_seq_len, or null where it names none.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, is not of numbers that can be used, or does not fit the others or the base.</exception>
    public static KeyValuePrefix Read(Checkpoint file, PrefixShape shape, int? tokens, WorkerPool pool)
    {
        TensorView table = Find(file, Table);
        if (table.Shape.Length != 2 || table.Rows is 0 or > MaxTokens) throw Misfit(file, $"{table} is no table of virtual tokens");
        if (tokens is { } expected && expected != table.Rows) throw Misfit(file, $"{table.Name} has {table.Rows} virtual tokens, but config.json's pre_seq_len is {expected}");
        if (!file.Contains(First + ".weight"))
        {
            if (table.Columns != shape.TokenWidth) throw WrongWidth(file, table, table.Columns, shape);
            return new KeyValuePrefix(table.ToFloats(), shape.Layers, shape.Width);
        }

        TensorView first = Find(file, First + ".weight"), firstBias = Find(file, First + ".bias"), second = Find(file, Second + ".weight"), secondBias = Find(file, Second + ".bias");
        if (first.Shape.Length != 2 || first.Columns != table.Columns || firstBias.Elements != first.Rows) throw Misfit(file, $"{first} does not take the {table.Columns} columns of {table.Name}, or its bias has another length");
        if (second.Shape.Length != 2 || second.Columns != first.Rows || secondBias.Elements != second.Rows) throw Misfit(file, $"{second} does not take the {first.Rows} outputs of {first.Name}, or its bias has another length");
        if (second.Rows != shape.TokenWidth) throw WrongWidth(file, second, second.Rows, shape);
        float[] hidden = Linear(pool, table.ToFloats(), table.Rows, first, firstBias);
        for (int i = 0; i < hidden.Length; i++) hidden[i] = MathF.Tanh(hidden[i]);
        return new KeyValuePrefix(Linear(pool, hidden, table.Rows, second, secondBias), shape.Layers, shape.Width);
    }

    /// <summary>y = x Wᵀ + b; x is (rows, inputs), y (rows, outputs).</summary>
    static float[] Linear(WorkerPool pool, float[] x, int rows, TensorView weight, TensorView bias)
    {
        int inputs = weight.Columns, outputs = weight.Rows;
        float[] y = new float[checked(rows * outputs)], biases = bias.ToFloats();
        fixed (float* source = x, target = y)
        {
            for (int row = 0; row < outputs; row += RowsAtATime)
            {
                int count = Math.Min(RowsAtATime, outputs - row);
                var part = new TensorView(weight.Name, weight.Type, [count, inputs], weight.Data + ((long)row * inputs * weight.Type.Size()));
                using PackedMatrix packed = PackedMatrix.Pack(pool, part);
                MatMul.Multiply(pool, packed, new Matrix(source, rows, inputs), new Matrix(target, rows, outputs).ColumnRange(row, count));
                PageAdvice.Forget(part);
            }
        }
        for (int row = 0; row < rows; row++) Elementwise.Add(biases, y.AsSpan(row * outputs, outputs));
        return y;
    }

    static TensorView Find(Checkpoint file, string name)
    {
        if (!file.TryFind(name, out TensorView tensor)) throw Misfit(file, $"{name} is missing");
        if (!tensor.Type.IsFloat()) throw Misfit(file, $"{tensor} holds integers; expected F32, F16 or BF16");
        if (!tensor.IsFinite()) throw Misfit(file, $"{name} has NaN or infinity (a diverged training?)");
        return tensor;
    }

    static ModelFormatException WrongWidth(Checkpoint file, TensorView tensor, int width, PrefixShape shape) => Misfit(
        file, $"{tensor.Name} makes {width} numbers per virtual token, the base takes {shape.TokenWidth}: a key and a value of {shape.Width} in each of {shape.Layers} layers. It was trained on another base", ModelFault.AnotherBase);

    static ModelFormatException Misfit(Checkpoint file, string what, ModelFault fault = ModelFault.Other) =>
        new($"{file.Folder}: the P-Tuning prefix cannot be used: {what}", file.Folder) { Fault = fault };
}
