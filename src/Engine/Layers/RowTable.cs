using Juxta.Engine.Memory;

namespace Juxta.Engine.Layers;

/// <summary>A table read row by row (an embedding that is not also the head): a copy of the checkpoint's rows in their own type.</summary>
internal sealed unsafe class RowTable : IDisposable
{
    readonly AlignedBuffer _rows;
    readonly DType _type;
    readonly int _columns;

    /// <param name="kept">The same rows where they lie already; null = they are copied.</param>
    public RowTable(TensorView tensor, AlignedBuffer? kept = null)
    {
        _type = tensor.Type;
        _columns = tensor.Columns;
        _rows = kept ?? WeightMemory.Allocate(tensor.Bytes);
        if (kept is null) Buffer.MemoryCopy(tensor.Data, _rows.Pointer, tensor.Bytes, tensor.Bytes);
    }

    /// <summary>The first row.</summary>
    public nint Data => (nint)_rows.Pointer;

    public long Bytes => _rows.Bytes;

    public void ReadRow(int row, Span<float> destination)
    {
        byte* source = _rows.Pointer + ((long)row * _columns * _type.Size());
        switch (_type)
        {
            case DType.F32:
                new ReadOnlySpan<float>(source, _columns).CopyTo(destination);
                break;
            case DType.BF16:
                for (int i = 0; i < _columns; i++) destination[i] = BitConverter.Int32BitsToSingle(((ushort*)source)[i] << 16);
                break;
            case DType.F16:
                for (int i = 0; i < _columns; i++) destination[i] = (float)((Half*)source)[i];
                break;
            default:
                throw new ModelFormatException($"reading an embedding: its type is {_type}; expected F32, F16 or BF16");
        }
    }

    public void Dispose() => _rows.Dispose();
}
