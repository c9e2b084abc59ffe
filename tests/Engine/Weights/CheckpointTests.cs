using Juxta.Engine;
using Juxta.Engine.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Weights;

public sealed class CheckpointTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_single_file_is_opened()
    {
        _folder.WriteSafeTensors("model.safetensors", ("a.weight", [2, 3], new float[6]), ("b", [1], new float[1]));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        Assert.Equal(["a.weight", "b"], checkpoint.Names.Order());
        Assert.Equal(28, checkpoint.TotalBytes);
        Assert.Equal(7, checkpoint.Parameters());
        Assert.Equal(2, checkpoint.Require("a.weight", 2, 3).Rows);
        Assert.False(checkpoint.TryFind("c", out _));
    }

    [Fact]
    public void Shards_are_joined()
    {
        WriteShards();
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        Assert.Equal(2, checkpoint.Files.Count);
        Assert.Equal(3, checkpoint.Require("a", 1, 3).Columns);
        Assert.Equal(3, checkpoint.Require("b", 3).Rows);
    }

    [Fact]
    public void Everything_left_over_is_listed_except_buffers()
    {
        _folder.WriteSafeTensors("model.safetensors",
            ("a", [1], [0]), ("z", [1], [0]), ("y", [1], [0]), ("model.layers.0.self_attn.rotary_emb.inv_freq", [1], [0]), ("h.0.attn.masked_bias", [1], [0]));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        checkpoint.Require("a", 1);
        Assert.Equal(["y", "z"], checkpoint.Unused());
    }

    [Fact]
    public void A_missing_tensor_is_named_with_what_the_files_hold()
    {
        _folder.WriteSafeTensors("model.safetensors", ("model.norm", [4], new float[4]));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        Refused(() => checkpoint.Require("model.norm.weight", 4), "model.norm.weight is missing (expected [4])", "among others, model.norm");
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        _folder.WriteSafeTensors("model.safetensors", ("a", [2, 3], new float[6]));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        Assert.False(checkpoint.Expect("a", 3, 2));
        Assert.False(checkpoint.Expect("b", 5));
        Refused(checkpoint.ThrowIfIncomplete, "a has shape [2, 3], but config.json asks for [3, 2]", "b is missing (expected [5])");
    }

    [Fact]
    public void A_weight_of_integers_is_refused()
    {
        _folder.WriteSafeTensors("model.safetensors", """{"w":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}}""", 4);
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        Refused(() => checkpoint.Require("w", 4), "w holds I8, expected F32, F16 or BF16");
    }

    [Fact]
    public void A_folder_without_weights_lists_what_it_holds()
    {
        Refused(() => Checkpoint.Open(_folder.Path), "no weights", "the folder is empty");
        _folder.Write("weights.gguf", "");
        Refused(() => Checkpoint.Open(_folder.Path), "expected model.safetensors", "found weights.gguf");
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_named() => Refused(() => Checkpoint.Open(_folder.File("nowhere")), "no such folder");

    [Fact]
    public void Missing_shards_are_listed()
    {
        WriteShards();
        File.Delete(_folder.File("model-00002-of-00002.safetensors"));
        Refused(() => Checkpoint.Open(_folder.Path), "missing shard model-00002-of-00002.safetensors (1 of 2)");
    }

    [Fact]
    public void A_tensor_that_its_shard_does_not_hold_is_named()
    {
        WriteShards("""{"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors","c":"model-00001-of-00002.safetensors"}}""");
        Refused(() => Checkpoint.Open(_folder.Path), "c (in model-00001-of-00002.safetensors)");
    }

    [Theory]
    [InlineData("../outside.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/../../outside.safetensors")]
    [InlineData("..\\\\outside.safetensors")]
    [InlineData("a\\u0000b")]
    [InlineData("")]
    [InlineData(".")]
    public void A_shard_outside_the_folder_is_refused(string shard)
    {
        _folder.Write("model.safetensors.index.json", $$$"""{"weight_map":{"a":"{{{shard}}}"}}""");
        Assert.Throws<ModelFormatException>(() => Checkpoint.Open(_folder.Path));
        if (shard != ".") Refused(() => Checkpoint.Open(_folder.Path), "leaves the checkpoint's folder");
    }

    [Theory]
    [InlineData("{}", "no 'weight_map'")]
    [InlineData("""{"weight_map":{}}""", "'weight_map' is empty")]
    [InlineData("""{"weight_map":[]}""", "'weight_map' is the list []; expected an object")]
    [InlineData("""{"weight_map":{"a":1}}""", "'weight_map.a' is 1; expected a string")]
    [InlineData("""{"weight_map":{"a":"x","a":"y"}}""", "names 'a' twice")]
    [InlineData("""{"weight_map":""", "not valid JSON")]
    public void A_damaged_index_is_refused_with_its_reason(string index, string expected)
    {
        _folder.Write("model.safetensors.index.json", index);
        Refused(() => Checkpoint.Open(_folder.Path), expected);
    }

    [Fact]
    public void A_link_out_of_the_folder_is_followed_as_in_the_hub_cache()
    {
        string blob = _folder.WriteSafeTensors("blobs/1234", ("a", [1], [5]));
        Directory.CreateDirectory(_folder.File("snapshots/main"));
        File.CreateSymbolicLink(_folder.File("snapshots/main/model.safetensors"), blob);
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("snapshots/main"));
        Assert.Equal(1, checkpoint.Require("a", 1).Rows);
    }

    [Theory]
    [InlineData("llama2-f16")]
    [InlineData("qwen2-untied-sharded")]
    [InlineData("glm-4-9b-chat-bf16-sharded")]
    [InlineData("chatglm-6b-int4")]
    [InlineData("stories260k")]
    public void Fixture_checkpoints_open(string name)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Fixtures.Require("models", name));
        Assert.NotEmpty(checkpoint.Names);
    }

    void WriteShards(string index = """{"metadata":{"total_size":24},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}""")
    {
        _folder.WriteSafeTensors("model-00001-of-00002.safetensors", ("a", [1, 3], new float[3]));
        _folder.WriteSafeTensors("model-00002-of-00002.safetensors", ("b", [3], new float[3]));
        _folder.Write("model.safetensors.index.json", index);
    }

    static void Refused(Action open, params string[] expected)
    {
        var error = Assert.Throws<ModelFormatException>(open);
        foreach (string part in expected) Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
