using Juxta.Engine.Kernels.Panels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels.Formats;

/// <summary>The formats a matrix can be packed in, one line each.</summary>
internal static class WeightFormats
{
    public static readonly WeightFormat[] All = [new WeightFormat<Float32Weights>(), new WeightFormat<Float16Weights>(), new WeightFormat<BFloat16Weights>()];

    public static WeightFormat Float32 => All[0];

    /// <summary>The format that keeps elements of <paramref name="type"/> as they are, or null.</summary>
    public static WeightFormat? For(DType type) => Array.Find(All, format => format.Type == type);
}

/// <summary>A format seen from a whole matrix: where a choice at run time turns into code made for one format.</summary>
internal abstract unsafe class WeightFormat
{
    public abstract DType Type { get; }

    public abstract int LineBytes { get; }

    /// <summary>Widens row <paramref name="row"/> of a panel.</summary>
    public abstract void ReadRow(byte* panel, int row, Span<float> destination);

    public abstract void Encode(byte* line, int row, float value);

    public abstract void PackPanel(byte** rows, int columns, byte* panel);

    /// <summary>The function that multiplies one chunk of panels of this format at the width of <typeparamref name="TPanel"/>.</summary>
    public abstract delegate*<MatMul.Job*, int, int, void> Chunk<TPanel>() where TPanel : struct, IPanelKernel;

    public override string ToString() => Type.ToString().ToLowerInvariant();
}

internal sealed unsafe class WeightFormat<TFormat> : WeightFormat where TFormat : struct, IWeightFormat<TFormat>
{
    public override DType Type => TFormat.Type;

    public override int LineBytes => TFormat.LineBytes;

    public override void ReadRow(byte* panel, int row, Span<float> destination)
    {
        for (int k = 0; k < destination.Length; k++, panel += TFormat.LineBytes) destination[k] = TFormat.Decode(panel, row);
    }

    public override void Encode(byte* line, int row, float value) => TFormat.Encode(line, row, value);

    public override void PackPanel(byte** rows, int columns, byte* panel) => TFormat.PackPanel(rows, columns, panel);

    public override delegate*<MatMul.Job*, int, int, void> Chunk<TPanel>() => &MatMul.Chunk<TPanel, TFormat>;
}
