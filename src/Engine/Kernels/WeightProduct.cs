using Juxta.Engine.Kernels.Panels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels;

/// <summary>A product for <see cref="MatMul.MultiplyAll(WorkerPool, ReadOnlySpan{WeightProduct})"/>: y = x·Wᵀ, or y = fma(scale, x·Wᵀ, y) where a scale is given.</summary>
/// <param name="weight">W</param>
/// <param name="x">(tokens, weight.Columns)</param>
/// <param name="y">(tokens, weight.Rows); must not overlap x.</param>
internal readonly unsafe struct WeightProduct(PackedMatrix weight, Matrix x, Matrix y, float? scale = null)
{
    readonly Matrix _x = x, _y = y;

    public PackedMatrix Weight { get; } = weight;

    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public MatMul.Job ToJob<TPanel>() where TPanel : struct, IPanelKernel
    {
        if (_x.Columns != Weight.Columns || _y.Columns != Weight.Rows || _x.Rows != _y.Rows)
            throw new ArgumentException($"shapes do not fit: x ({_x.Rows}, {_x.Columns}) times a weight of ({Weight.Rows}, {Weight.Columns}) into y ({_y.Rows}, {_y.Columns})");
        int tiles = (_x.Rows + Panel.MaxTile - 1) / Panel.MaxTile;
        long tokenBytes = Weight.Format.TokenBytes(Weight.Columns);
        bool readInPlace = _x.Rows <= 1 && Weight.Format.ReadsFloats;
        return new MatMul.Job
        {
            Panels = Weight.Panels,
            PanelBytes = Weight.PanelBytes,
            PanelCount = _x.Rows == 0 ? 0 : Weight.PanelCount,
            Columns = Weight.Columns,
            Rows = Weight.Rows,
            X = _x.Data,
            XStride = _x.Stride,
            Packed = (byte*)_x.Data,
            PackedBytes = readInPlace ? 0 : AlignedBuffer.RoundUp(tiles * Panel.MaxTile * tokenBytes),
            TokenBytes = tokenBytes,
            Y = _y.Data,
            YStride = _y.Stride,
            Tokens = _x.Rows,
            Tiles = tiles,
            Add = scale is not null,
            Scale = scale ?? 1,
            Pack = Weight.Format.PackTile(),
            Multiply = Weight.Format.Chunk<TPanel>(),
        };
    }
}
