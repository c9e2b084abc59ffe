using System.Buffers.Binary;
using System.Text.Json;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Merging;

/// <summary>Writes planned tensors as <c>model.safetensors</c>, or as shards with an index where they are larger than one file may be.</summary>
internal sealed unsafe class ShardWriter(string folder, long shardBytes, IProgress<double>? progress, CancellationToken cancel)
{
    /// <summary>Bytes of f32 rows that are in memory at a time.</summary>
    const int Chunk = 8 << 20;

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    readonly Lock _gate = new();
    long _written, _total;

    public IReadOnlyList<string> Files { get; private set; } = [];

    /// <summary>Largest |stored − exact| so far.</summary>
    public double LargestRounding { get; private set; }

    public string? LargestRoundingIn { get; private set; }

    public void Write(IReadOnlyList<PlannedTensor> tensors)
    {
        List<List<PlannedTensor>> shards = Split(tensors);
        _total = Math.Max(1, tensors.Sum(tensor => tensor.Bytes));
        Files = shards.Count == 1 ? ["model.safetensors"] : [.. shards.Select((_, i) => $"model-{i + 1:00000}-of-{shards.Count:00000}.safetensors")];
        foreach ((string name, List<PlannedTensor> shard) in Files.Zip(shards)) WriteFile(Path.Combine(folder, name), shard);
        if (shards.Count > 1) WriteIndex(shards);
    }

    List<List<PlannedTensor>> Split(IReadOnlyList<PlannedTensor> tensors)
    {
        List<List<PlannedTensor>> shards = [[]];
        long size = 0;
        foreach (PlannedTensor tensor in tensors)
        {
            if (size > 0 && size + tensor.Bytes > shardBytes)
            {
                shards.Add([]);
                size = 0;
            }
            shards[^1].Add(tensor);
            size += tensor.Bytes;
        }
        return shards;
    }

    void WriteFile(string path, List<PlannedTensor> tensors)
    {
        using FileStream file = File.Create(path);
        SafeTensorsWriter.WriteHeader(file, tensors.Select(tensor => (tensor.Name, tensor.Type, tensor.Shape)), ofTorch: true);
        foreach (PlannedTensor tensor in tensors)
        {
            if (tensor.Rows is { } rows) WriteRows(file, tensor, rows, tensor.Columns);
            else if (tensor.Source!.Value is var source && source.Type == tensor.Type) Copy(file, source);
            else WriteRows(file, tensor, (row, target) => source.ReadFlat((long)row * target.Length, target), columns: Width(source.Elements));
            if (tensor.Source is { } view) PageAdvice.Forget(view);
        }
    }

    void Copy(FileStream file, TensorView source)
    {
        for (long start = 0; start < source.Bytes; start += Chunk)
        {
            int count = (int)Math.Min(Chunk, source.Bytes - start);
            file.Write(new ReadOnlySpan<byte>(source.Data + start, count));
            Report(count);
        }
    }

    void WriteRows(FileStream file, PlannedTensor tensor, RowReader read, int columns)
    {
        int size = tensor.Type.Size(), atOnce = (int)Math.Max(1, Chunk / (4L * columns));
        long rows = SafeTensorsWriter.Bytes(tensor.Type, tensor.Shape) / ((long)size * columns);
        byte[] bytes = new byte[(long)Math.Min(atOnce, rows) * columns * size];
        for (long first = 0; first < rows; first += atOnce)
        {
            int count = (int)Math.Min(atOnce, rows - first);
            Parallel.For(0, count, () => new float[columns], (i, _, row) =>
            {
                read((int)(first + i), row);
                double rounding = Store(row, tensor.Type, bytes.AsSpan(i * columns * size, columns * size));
                if (rounding > 0) Remember(rounding, tensor.Name);
                return row;
            }, _ => { });
            if (!double.IsFinite(LargestRounding)) throw new ModelFormatException($"{tensor.Name}: a merged weight is larger than {tensor.Type} can hold; store the merged model as bf16 or f32");
            file.Write(bytes, 0, count * columns * size);
            Report((long)count * columns * size);
        }
    }

    /// <summary>Rounds to the nearest number of the type, ties to even; returns the largest |stored − exact|, infinite where the type cannot hold a number.</summary>
    static double Store(float[] values, DType type, Span<byte> target)
    {
        double largest = 0;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i], stored = value;
            switch (type)
            {
                case DType.F32:
                    BinaryPrimitives.WriteSingleLittleEndian(target[(4 * i)..], value);
                    break;
                case DType.F16:
                    Half half = (Half)value;
                    stored = (float)half;
                    BinaryPrimitives.WriteHalfLittleEndian(target[(2 * i)..], half);
                    break;
                case DType.BF16:
                    uint bits = BitConverter.SingleToUInt32Bits(value);
                    ushort brain = (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
                    stored = BitConverter.UInt32BitsToSingle((uint)brain << 16);
                    BinaryPrimitives.WriteUInt16LittleEndian(target[(2 * i)..], brain);
                    break;
                default:
                    throw new NotSupportedException($"weights of type {type}");
            }
            largest = Math.Max(largest, Math.Abs((double)stored - value));
        }
        return largest;
    }

    void Remember(double rounding, string name)
    {
        lock (_gate)
        {
            if (rounding > LargestRounding) (LargestRounding, LargestRoundingIn) = (rounding, name);
        }
    }

    void Report(long bytes)
    {
        cancel.ThrowIfCancellationRequested();
        _written += bytes;
        progress?.Report((double)_written / _total);
    }

    /// <summary>A width that divides a count of elements, for reading a tensor of any shape in rows.</summary>
    static int Width(long elements)
    {
        for (int width = (int)Math.Min(elements, 4096); width > 1; width--)
            if (elements % width == 0) return width;
        return 1;
    }

    void WriteIndex(List<List<PlannedTensor>> shards)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, List<PlannedTensor> shard) in Files.Zip(shards))
            foreach (PlannedTensor tensor in shard) map.Add(tensor.Name, name);
        File.WriteAllText(
            Path.Combine(folder, "model.safetensors.index.json"),
            JsonSerializer.Serialize(new { metadata = new { total_size = _total }, weight_map = map }, Indented));
    }
}
