using Juxta.Engine.Kernels.Blocks;
using Juxta.Engine.Kernels.Panels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels.Formats;

/// <summary>The formats a matrix can be packed in, one line each.</summary>
internal static class WeightFormats
{
    public static readonly WeightFormat[] All =
    [
        new WeightFormat<Float32Weights>(),
        new WeightFormat<Float16Weights>(),
        new WeightFormat<BFloat16Weights>(),
        new WeightFormat<Int8Weights>(),
        new WeightFormat<Int4Weights>(),
        new BlockFormat<Q8Blocks>(),
        new BlockFormat<Q4Blocks>(),
        new NarrowFormat<Float32Weights>(),
        new NarrowFormat<Float16Weights>(),
        new NarrowFormat<BFloat16Weights>(),
    ];

    public static WeightFormat Float32 => All[0];

    public static WeightFormat Float16 => All[1];

    public static WeightFormat BFloat16 => All[2];

    public static WeightFormat Int8 => All[3];

    public static WeightFormat Int4 => All[4];

    public static WeightFormat Q8 => All[5];

    public static WeightFormat Q4 => All[6];

    /// <summary>The narrow form of a format for a matrix of so few rows, if it has one; else the format.</summary>
    public static WeightFormat For(int rows, WeightFormat format) => rows > WeightFormat.NarrowRows ? format : Array.IndexOf(All, format) switch
    {
        0 => All[7],
        1 => All[8],
        2 => All[9],
        _ => format,
    };

    /// <summary>The format that keeps elements of <paramref name="type"/> as they are, or null.</summary>
    public static WeightFormat? For(DType type) => Array.Find(All, format => format.Type == type);
}

/// <summary>A format seen from a whole matrix: where a choice at run time turns into code made for one format.</summary>
internal abstract unsafe class WeightFormat
{
    /// <summary>Most rows of a matrix that is kept narrow.</summary>
    public const int NarrowRows = 16;

    /// <summary>The file type whose elements this format keeps as they are; null where no file type is.</summary>
    public abstract DType? Type { get; }

    /// <summary>Whether a single token's activations are read where they lie.</summary>
    public abstract bool ReadsFloats { get; }

    /// <summary>Bytes of one token's packed activations.</summary>
    public abstract long TokenBytes(int columns);

    /// <summary>Bytes of a panel: lines or blocks, scales, and what keeps the next panel on a 64-byte boundary.</summary>
    public abstract long PanelBytes(int columns);

    /// <summary>Widens row <paramref name="row"/> of a panel.</summary>
    public abstract void ReadRow(byte* panel, int row, Span<float> destination);

    /// <summary>Packs <paramref name="count"/> (at most 32) rows of floats, rounding them to this format.</summary>
    /// <returns>False where the format cannot hold a number: one that is infinite or NaN, or becomes so.</returns>
    public abstract bool PackPanel(float** rows, int count, int columns, byte* panel);

    /// <summary>Packs 32 rows of elements of <see cref="Type"/> as they are.</summary>
    public virtual void PackPanel(byte** rows, int columns, byte* panel) => throw new NotSupportedException($"{this} has no file type");

    /// <summary>Packs 32 rows of integers with a scale each into a panel of a format with one block.</summary>
    public virtual void PackPanel(byte** rows, float* scales, int columns, byte* panel) => throw new NotSupportedException($"{this} has no scale a row");

    /// <summary>The function that packs one tile of activations.</summary>
    public abstract delegate*<MatMul.Job*, int, int, void> PackTile();

    /// <summary>The function that multiplies one chunk of panels of this format at the width of <typeparamref name="TPanel"/>.</summary>
    public abstract delegate*<MatMul.Job*, int, int, void> Chunk<TPanel>() where TPanel : struct, IPanelKernel;
}

internal sealed unsafe class WeightFormat<TFormat> : WeightFormat where TFormat : struct, IWeightFormat<TFormat>
{
    public override DType? Type => TFormat.Type;

    public override bool ReadsFloats => true;

    public override long TokenBytes(int columns) => (long)columns * sizeof(float);

    public override long PanelBytes(int columns)
    {
        long blocks = ((long)columns + TFormat.BlockColumns - 1) / TFormat.BlockColumns;
        return AlignedBuffer.RoundUp((blocks * TFormat.ScaleBytes) + ((long)columns * TFormat.LineBytes));
    }

    public override void ReadRow(byte* panel, int row, Span<float> destination)
    {
        float scale = 1;
        for (int k = 0; k < destination.Length; k++, panel += TFormat.LineBytes)
        {
            if (ScaleLine.Precedes<TFormat>(k))
            {
                scale = ScaleLine.Decode<TFormat>(panel, row);
                panel += TFormat.ScaleBytes;
            }
            destination[k] = TFormat.ScaleBytes > 0 ? TFormat.Decode(panel, row) * scale : TFormat.Decode(panel, row);
        }
    }

    public override bool PackPanel(float** rows, int count, int columns, byte* panel)
    {
        if (TFormat.Type == DType.F32 && count == Panel.Rows)
        {
            TFormat.PackPanel((byte**)rows, columns, panel);
            return true;
        }
        bool kept = true;
        for (int k = 0; k < columns; k++, panel += TFormat.LineBytes)
            for (int r = 0; r < count; r++) kept &= TFormat.Encode(panel, r, rows[r][k]);
        return kept;
    }

    public override void PackPanel(byte** rows, int columns, byte* panel) => TFormat.PackPanel(rows, columns, panel);

    public override void PackPanel(byte** rows, float* scales, int columns, byte* panel)
    {
        if (columns == 0) return; // no block, no scales
        for (int r = 0; r < Panel.Rows; r++) ScaleLine.Encode<TFormat>(panel, r, scales[r]);
        TFormat.PackPanel(rows, columns, panel + TFormat.ScaleBytes);
    }

    public override delegate*<MatMul.Job*, int, int, void> PackTile() => &MatMul.PackTile;

    public override delegate*<MatMul.Job*, int, int, void> Chunk<TPanel>() => &MatMul.Chunk<FloatProduct<TPanel, TFormat>>;

    public override string ToString() => TFormat.Name;
}
