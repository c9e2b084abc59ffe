using System.Text.Json;
using Juxta.Tests;
using Juxta.Workbench.Hub;

namespace Juxta.WorkbenchTests.Hub;

/// <summary>What a Hub may say wrongly of a model, each refused in words; and which files are chosen of what it says rightly.</summary>
public sealed class HubListingTests
{
    static readonly HubId Id = HubId.Parse("acme/tiny");

    static byte[] Json(params object[] siblings) => JsonSerializer.SerializeToUtf8Bytes(new { sha = StandInHub.Commit, siblings });

    static string Refused(byte[] json) => Assert.Throws<HubException>(() => HubListing.Parse(Id, json)).Message;

    static async Task<string[]> ChosenAsync(object[] siblings, string index = "{}") =>
        [.. (await CheckpointFiles.ChooseAsync(HubListing.Parse(Id, Json(siblings)), Id, (_, _) => Task.FromResult(System.Text.Encoding.UTF8.GetBytes(index)))).Select(file => file.Name)];

    static object[] Files(params string[] names) => [.. names.Select(name => StandInHub.Sibling(name, [1]))];

    static string Index(params string[] shards) => JsonSerializer.Serialize(new { weight_map = shards.Index().ToDictionary(shard => $"t{shard.Index}", shard => shard.Item) });

    [Theory]
    [InlineData("../config.json")]
    [InlineData("a/../../config.json")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a/")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("..\\config.json")]
    [InlineData("C:config.json")]
    [InlineData("config.json\0")]
    [InlineData("con\u001b[2Jfig.json")]
    public void Names_that_lead_elsewhere(string name)
    {
        string message = Refused(Json(Files("config.json", name)));
        Assert.Contains("nothing was downloaded", message);
        Assert.DoesNotContain('\u001b', message);
    }

    [Fact]
    public async Task Hashes_are_those_of_git_and_of_sha256sum()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("hello"), "hello\n");
        Assert.Equal("git-sha1:ce013625030ba8dba906f756967f9e9ca394464a", await FileHash.OfAsync(folder.File("hello"), FileHash.GitBlob, CancellationToken.None));
        Assert.Equal("sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03", await FileHash.OfAsync(folder.File("hello"), FileHash.Sha256, CancellationToken.None));
    }

    [Fact]
    public void Absurd_names_and_numbers()
    {
        Assert.Contains("too long", Refused(Json(Files(new string('x', 300)))));
        Assert.Contains("2000 characters", Refused(Json(Files(new string('x', 2000)))));
        Assert.Contains("twice", Refused(Json(Files("a", "a"))));
        Assert.Contains("size or hash", Refused(Json(new { rfilename = "a", size = -1, blobId = new string('0', 40) })));
        Assert.Contains("size or hash", Refused(Json(new { rfilename = "a", size = long.MaxValue, blobId = new string('0', 40) })));
        Assert.Contains("size or hash", Refused(Json(new { rfilename = "a", size = 1, blobId = "../../x" })));
        Assert.Contains("size or hash", Refused(Json(new { rfilename = "a", size = 1, lfs = new { sha256 = "00" } })));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"sha":7}""")]
    [InlineData("""{"sha":"../x","siblings":[]}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":{}}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":[3]}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":[{"rfilename":"\ud800","size":1}]}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":[{"rfilename":"a","size":1e99,"blobId":"x"}]}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":[{"rfilename":"a"}]}""")]
    public void Answers_that_are_no_listing(string json) => Assert.Contains("list of files of acme/tiny", Refused(System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public async Task Safetensors_come_before_pickles_and_single_files_before_shards_as_when_opening()
    {
        Assert.Equal(["config.json", "model.safetensors"], await ChosenAsync(Files("config.json", "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")));
        Assert.Equal(["config.json", "pytorch_model.bin"], await ChosenAsync(Files("config.json", "pytorch_model.bin", "tf_model.h5", "modeling.py")));
        string[] shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
        object[] files = Files(["config.json", "model.safetensors.index.json", "pytorch_model.bin", "model.fp16-00001-of-00002.safetensors", .. shards]);
        string[] chosen = await ChosenAsync(files, Index([.. shards, shards[0]]));
        Assert.Equal(["config.json", "model.safetensors.index.json", .. shards], chosen);
    }

    [Fact]
    public async Task A_PEFT_adapter_is_chosen_too()
    {
        Assert.Equal(["adapter_config.json", "tokenizer.json", "adapter_model.safetensors"],
            await ChosenAsync(Files("adapter_config.json", "adapter_model.safetensors", "adapter_model.bin", "tokenizer.json", "training_args.bin", "optimizer.pt")));
        Assert.Equal(["config.json", "adapter_config.json", "model.safetensors", "adapter_model.bin"],
            await ChosenAsync(Files("config.json", "adapter_config.json", "adapter_model.bin", "model.safetensors")));
    }

    [Fact]
    public async Task Repositories_that_are_no_checkpoint_or_half_of_one()
    {
        async Task Refuses(string says, object[] files, string index = "{}") =>
            Assert.Contains(says, (await Assert.ThrowsAsync<HubException>(() => ChosenAsync(files, index))).Message);
        await Refuses("it is empty", []);
        await Refuses("GGUF", Files("model-q4.gguf", "README.md"));
        await Refuses("no weights", Files("config.json"));
        await Refuses("no weights", Files("adapter_config.json"));
        object[] sharded = Files("config.json", "model.safetensors.index.json", "model-00001-of-00002.safetensors", "Model-00001-of-00002.safetensors", "code.py", "a/b.safetensors");
        await Refuses("not an index", sharded);
        await Refuses("not an index", sharded, "nonsense");
        await Refuses("model-00002-of-00002.safetensors", sharded, Index("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"));
        await Refuses("code.py", sharded, Index("code.py"));
        await Refuses("a/b.safetensors", sharded, Index("a/b.safetensors"));
        await Refuses("../../x.safetensors", sharded, Index("../../x.safetensors"));
        await Refuses("differ by case only", sharded, Index("model-00001-of-00002.safetensors", "Model-00001-of-00002.safetensors"));
    }
}
