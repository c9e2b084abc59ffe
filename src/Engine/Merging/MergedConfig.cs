using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Merging;

/// <summary>The base's config.json with what a merge changes; all other keys stay as they are, in their order.</summary>
internal sealed class MergedConfig
{
    readonly string _file;
    readonly JsonObject _json;
    readonly List<string> _changes = [];

    public MergedConfig(string file)
    {
        _file = file;
        _json = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
    }

    /// <summary>As <c>key = value</c>.</summary>
    public IReadOnlyList<string> Changes => _changes;

    public void Set(string key, JsonNode value)
    {
        if (_json[key]?.ToJsonString() == value.ToJsonString()) return;
        _changes.Add($"{key} = {value.ToJsonString()}");
        _json[key] = value;
    }

    /// <summary>The type hint, under the key that the file uses.</summary>
    public void SetType(DType type) => Set(
        _json.ContainsKey("dtype") ? "dtype" : "torch_dtype", type switch { DType.F32 => "float32", DType.F16 => "float16", _ => "bfloat16" });

    public void Write(string folder)
    {
        string target = Path.Combine(folder, "config.json");
        if (_changes.Count == 0) File.WriteAllBytes(target, File.ReadAllBytes(_file));
        else File.WriteAllText(target, _json.ToJsonString(Format) + "\n");
    }

    static JsonSerializerOptions Format { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
