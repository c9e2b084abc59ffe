using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Juxta.Cli;

/// <summary>Writes tensors in the safetensors layout: header length (u64), JSON header padded to 8 bytes, data.</summary>
internal static class SafeTensorsWriter
{
    /// <summary>Writes to a temporary file and renames it, so that a reader never meets half a file.</summary>
    public static void Write(string path, IReadOnlyList<(string Key, int[] Shape, float[] Values)> tensors)
    {
        string temporary = path + ".part";
        using (FileStream file = File.Create(temporary))
        {
            WriteHeader(file, "F32", sizeof(float), tensors.Select(tensor => (tensor.Key, tensor.Shape)));
            foreach ((_, _, float[] values) in tensors)
            {
                const int chunk = 1 << 24;
                for (int start = 0; start < values.Length; start += chunk)
                    file.Write(MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(chunk, values.Length - start))));
            }
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Length and header of tensors of one type whose data follow in this order without gaps.</summary>
    /// <param name="size">Bytes per element.</param>
    public static void WriteHeader(Stream file, string dtype, int size, IEnumerable<(string Key, int[] Shape)> tensors)
    {
        var header = new Dictionary<string, object>();
        long offset = 0;
        foreach ((string key, int[] shape) in tensors)
        {
            long end = offset + Bytes(shape, size);
            header[key] = new { dtype, shape, data_offsets = new[] { offset, end } };
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
    public static long Bytes(int[] shape, int size) => shape.Aggregate((long)size, (product, n) => product * n);
}
