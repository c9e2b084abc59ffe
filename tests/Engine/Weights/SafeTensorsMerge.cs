using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Juxta.EngineTests.Weights;

/// <summary>One safetensors file from the tensors of several.</summary>
internal static class SafeTensorsMerge
{
    public static void Write(string path, params string[] sources)
    {
        var header = new JsonObject();
        var data = new List<byte>();
        foreach (string source in sources)
        {
            byte[] bytes = File.ReadAllBytes(source);
            int headerBytes = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            foreach ((string name, JsonNode? entry) in JsonNode.Parse(bytes.AsSpan(8, headerBytes))!.AsObject())
            {
                if (name == "__metadata__") continue;
                int start = (int)entry!["data_offsets"]![0]!, end = (int)entry["data_offsets"]![1]!;
                header[name] = new JsonObject { ["dtype"] = entry["dtype"]!.DeepClone(), ["shape"] = entry["shape"]!.DeepClone(), ["data_offsets"] = new JsonArray(data.Count, data.Count + end - start) };
                data.AddRange(bytes.AsSpan(8 + headerBytes + start, end - start));
            }
        }
        File.WriteAllBytes(path, TempFolder.SafeTensors(Encoding.UTF8.GetBytes(header.ToJsonString()), [.. data]));
    }
}
