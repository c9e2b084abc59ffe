using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Weights;

/// <summary>Writes the safetensors layout: header length (u64), JSON header padded to 8 bytes, then the tensors' bytes in the header's order without gaps.</summary>
public static class SafeTensorsWriter
{
    /// <summary>Writes f32 tensors to a temporary file and renames it, so that a reader never meets half a file.</summary>
    public static void Write(string path, IReadOnlyList<(string Name, int[] Shape, float[] Values)> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        string temporary = path + ".part";
        using (FileStream file = File.Create(temporary))
        {
            WriteHeader(file, tensors.Select(tensor => (tensor.Name, DType.F32, tensor.Shape)));
            foreach ((_, _, float[] values) in tensors)
            {
                const int chunk = 1 << 24;
                for (int start = 0; start < values.Length; start += chunk)
                    file.Write(MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(chunk, values.Length - start))));
            }
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Length and header of tensors whose data follow in this order.</summary>
    /// <param name="ofTorch">Mark the file as transformers asks of a checkpoint: <c>"__metadata__":{"format":"pt"}</c>.</param>
    public static void WriteHeader(Stream file, IEnumerable<(string Name, DType Type, int[] Shape)> tensors, bool ofTorch = false)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(tensors);
        var header = new Dictionary<string, object>();
        if (ofTorch) header["__metadata__"] = new { format = "pt" };
        long offset = 0;
        foreach ((string name, DType type, int[] shape) in tensors)
        {
            long end = offset + Bytes(type, shape);
            header[name] = new { dtype = type.ToString().ToUpperInvariant(), shape, data_offsets = new[] { offset, end } };
            offset = end;
        }
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        int padded = (json.Length + 7) / 8 * 8;
        Array.Resize(ref json, padded);
        for (int i = padded - 1; i >= 0 && json[i] == 0; i--) json[i] = (byte)' ';
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, padded);
        file.Write(length);
        file.Write(json);
    }

    /// <summary>Bytes of a tensor's data.</summary>
    public static long Bytes(DType type, int[] shape) => shape.Aggregate((long)type.Size(), (product, n) => product * n);
}
