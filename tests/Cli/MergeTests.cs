using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary>The merge command: what it prints, and that the new folder is a model like any other.</summary>
public sealed class MergeTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-merge").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static string Model => Fixtures.Require("models", "qwen2.5-tied-bf16");

    string Out => Path.Combine(_folder, "merged");

    [Fact]
    public void A_merged_model_generates_what_base_and_adapter_did()
    {
        string adapter = Path.Combine(Model, "adapters", "lora-all-linear");
        Juxta.Result merge = Juxta.Run("merge", "--model", Model, "--adapter", adapter, "--out", Out, "--dtype", "f32");
        Assert.Equal(0, merge.Code);
        Assert.Contains("21 tensors merged", merge.Out);
        Assert.Contains("model.layers.0.self_attn.q_proj: lora", merge.Out);
        Assert.Contains("nothing was rounded", merge.Out);
        Assert.Contains("config.json: torch_dtype = \"float32\"", merge.Out);
        Assert.Contains("copied from the model: generation_config.json", merge.Out);
        string[] generate = ["--ids", "5,6,7", "--max-tokens", "12", "--temperature", "0", "--json"];
        JsonElement unmerged = Juxta.Run(["generate", "--model", Model, "--adapter", adapter, .. generate]).Json, merged = Juxta.Run(["generate", "--model", Out, .. generate]).Json;
        Assert.Equal(unmerged.GetProperty("ids").GetRawText(), merged.GetProperty("ids").GetRawText());
    }

    [Fact]
    public void Json_tells_what_was_done()
    {
        JsonElement json = Juxta.Run("merge", "--model", Model, "--adapter", Path.Combine(Model, "adapters", "lora-embed-tokens"), "--out", Out, "--scale", "0.5", "--json").Json;
        Assert.Equal(Out, json.GetProperty("folder").GetString());
        Assert.Equal("tie_word_embeddings = false", json.GetProperty("config_changes")[0].GetString());
        Assert.True(json.GetProperty("largest_rounding").GetDouble() > 0);
        Assert.NotEmpty(json.GetProperty("receipt").GetProperty("modules").EnumerateArray());
    }

    [Fact]
    public void Mistakes_exit_with_2_and_write_nothing()
    {
        string adapter = Path.Combine(Model, "adapters", "lora-qv");
        Juxta.Refuses(["merge", "--model", Model, "--adapter", adapter, "--out", _folder], "exists already");
        Juxta.Refuses(["merge", "--model", Model, "--adapter", adapter, "--out", Out, "--dtype", "int8"], "int8", "bf16");
        Juxta.Refuses(["merge", "--model", Model, "--adapter", adapter, "--out", Out, "--scale", "0"], "scale");
        Juxta.Refuses(["merge", "--model", "/nowhere", "--adapter", adapter, "--out", Out], "/nowhere");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }
}
