namespace Juxta.EngineTests.Kernels;

/// <summary>The block formats as one would write them down: a row cut into 32s, each with its scale, integers beside it.</summary>
sealed class PlainBlocks
{
    PlainBlocks(int rows, int columns) => (Rows, Columns, Integers, Scales) = (rows, columns, new int[rows * columns], new float[rows * Blocks(columns)]);

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>(rows, columns)</summary>
    public int[] Integers { get; }

    /// <summary>(rows, blocks)</summary>
    public float[] Scales { get; }

    public static int Blocks(int columns) => (columns + 31) / 32;

    public float Value(int row, int column) => Integers[(row * Columns) + column] * Scale(row, column);

    public float Scale(int row, int column) => Scales[(row * Blocks(Columns)) + (column / 32)];

    public float[] Values() => [.. Enumerable.Range(0, Rows * Columns).Select(i => Value(i / Columns, i % Columns))];

    public static PlainBlocks Of(string format, float[] weights, int rows, int columns) => format == "q8_0" ? Q8(weights, rows, columns) : Q4(weights, rows, columns);

    /// <summary>Weights of 8 bits: ties away from zero, scales in f16.</summary>
    public static PlainBlocks Q8(float[] weights, int rows, int columns) => Rounded(weights, rows, columns, block =>
    {
        float scale = block.Max(MathF.Abs) / 127, inverse = float.IsFinite(1 / scale) ? 1 / scale : 0;
        return ((float)(Half)scale, [.. block.Select(w => (int)MathF.Round(w * inverse, MidpointRounding.AwayFromZero))]);
    });

    /// <summary>Weights of 4 bits: the largest is −8 times the scale, which is kept in f16.</summary>
    public static PlainBlocks Q4(float[] weights, int rows, int columns) => Rounded(weights, rows, columns, block =>
    {
        float scale = block.First(w => MathF.Abs(w) == block.Max(MathF.Abs)) / -8, inverse = float.IsFinite(1 / scale) ? 1 / scale : 0;
        return ((float)(Half)scale, [.. block.Select(w => Math.Min(15, (int)((w * inverse) + 8.5f)) - 8)]);
    });

    /// <summary>Activations: ties to even, scales in f32.</summary>
    public static PlainBlocks Tokens(float[] x, int rows, int columns) => Rounded(x, rows, columns, block =>
    {
        float scale = block.Max(MathF.Abs) / 127, inverse = float.IsFinite(1 / scale) ? 1 / scale : 0;
        return (scale, [.. block.Select(v => (int)MathF.Round(v * inverse))]);
    });

    /// <summary>y[t, r] = Σ over blocks, in order, of fma(Σ w·x, weight scale · activation scale, ·); (tokens, rows).</summary>
    public float[] Multiply(PlainBlocks tokens)
    {
        var y = new float[tokens.Rows * Rows];
        for (int t = 0; t < tokens.Rows; t++)
        {
            for (int r = 0; r < Rows; r++)
            {
                for (int first = 0; first < Columns; first += 32)
                {
                    int sum = 0;
                    for (int k = first; k < Math.Min(first + 32, Columns); k++) sum += Integers[(r * Columns) + k] * tokens.Integers[(t * Columns) + k];
                    y[(t * Rows) + r] = MathF.FusedMultiplyAdd(sum, Scale(r, first) * tokens.Scale(t, first), y[(t * Rows) + r]);
                }
            }
        }
        return y;
    }

    static PlainBlocks Rounded(float[] values, int rows, int columns, Func<float[], (float Scale, int[] Integers)> round)
    {
        var blocks = new PlainBlocks(rows, columns);
        for (int row = 0; row < rows; row++)
        {
            for (int first = 0; first < columns; first += 32)
            {
                int start = (row * columns) + first, count = Math.Min(32, columns - first);
                (float scale, int[] integers) = round(values[start..(start + count)]);
                blocks.Scales[(row * Blocks(columns)) + (first / 32)] = scale;
                integers.CopyTo(blocks.Integers, start);
            }
        }
        return blocks;
    }
}
