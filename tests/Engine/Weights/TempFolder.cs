using System.Buffers.Binary;
using System.Text;

namespace Juxta.EngineTests.Weights;

/// <summary>A folder for crafted files, deleted at the end of a test.</summary>
sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("juxta-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        string path = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>A safetensors file with a header of one's own making.</summary>
    public string WriteSafeTensors(string name, string header, int dataBytes) => Write(name, SafeTensors(Encoding.UTF8.GetBytes(header), new byte[dataBytes]));

    /// <summary>A well-formed safetensors file of f32 tensors.</summary>
    public string WriteSafeTensors(string name, params (string Name, int[] Shape, float[] Values)[] tensors)
    {
        var header = new List<string>();
        var data = new List<byte>();
        foreach ((string tensor, int[] shape, float[] values) in tensors)
        {
            int begin = data.Count;
            foreach (float value in values) data.AddRange(BitConverter.GetBytes(value));
            header.Add($"\"{tensor}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(",", shape)}],\"data_offsets\":[{begin},{data.Count}]}}");
        }
        return Write(name, SafeTensors(Encoding.UTF8.GetBytes("{" + string.Join(",", header) + "}"), [.. data]));
    }

    public static byte[] SafeTensors(byte[] header, byte[] data)
    {
        byte[] file = new byte[8 + header.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        data.CopyTo(file, 8 + header.Length);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
