using Juxta.Engine.Memory;

namespace Juxta.EngineTests.Kernels;

/// <summary>A weight of random integers with a random f16 scale a row, as a checkpoint would hold it, and what it stands for.</summary>
sealed unsafe class OwnedQuantised : IDisposable
{
    readonly AlignedBuffer _values, _scales;

    public OwnedQuantised(int bits, int rows, int columns, int seed)
    {
        var random = new Random(seed);
        int rowBytes = bits == 8 ? columns : (columns + 1) / 2, least = bits == 8 ? -128 : -8;
        _values = new AlignedBuffer(((long)rows * rowBytes) + 1);
        _scales = new AlignedBuffer(rows * sizeof(ushort));
        byte* data = _values.Pointer + 1; // an odd address, as in a file
        Values = new float[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            Half scale = (Half)((random.NextSingle() - 0.5f) * (random.Next(20) == 0 ? 1f : 0.05f));
            ((Half*)_scales.Pointer)[row] = scale;
            for (int k = 0; k < columns; k++)
            {
                int value = random.Next(least, -least);
                byte* place = data + ((long)row * rowBytes) + (bits == 8 ? k : k / 2);
                *place = bits == 8 ? (byte)value : (byte)(k % 2 == 0 ? (value & 15) << 4 : *place | (value & 15));
                Values[(row * columns) + k] = value * (float)scale;
            }
        }
        View = new QuantisedView(
            new TensorView("test.weight", DType.I8, [rows, rowBytes], data), new TensorView("test.weight_scale", DType.F16, [rows], _scales.Pointer), bits, columns);
    }

    public QuantisedView View { get; }

    /// <summary>Integer times scale, (rows, columns).</summary>
    public float[] Values { get; }

    public void Dispose()
    {
        _values.Dispose();
        _scales.Dispose();
    }
}
