using System.Text.Json;
using Juxta.Engine;
using Juxta.Engine.Weights.Packed;
using Juxta.Tests;

namespace Juxta.CliTests;

public sealed class PackedTests : IDisposable
{
    readonly string _cache = Directory.CreateTempSubdirectory("juxta-cli").FullName;

    public void Dispose() => Directory.Delete(_cache, recursive: true);

    [Fact]
    public async Task Packed_weights_are_listed_and_cleared()
    {
        string model = Fixtures.Require("models", "qwen2.5-tied-bf16");
        var packed = new PackedFolder(Path.Combine(_cache, "packed")) { SmallestBytes = 0, Settling = TimeSpan.Zero };
        using (LanguageModel opened = LanguageModel.Open(model, weights: WeightStorage.Find("q8_0"), packed: packed)) await opened.Keeping;
        var environment = new Dictionary<string, string> { ["JUXTA_CACHE"] = _cache, ["JUXTA_CACHE_GB"] = "3" };

        JsonElement shown = Juxta.RunIn(environment, "packed", "--json").Json;
        Assert.Equal((packed.Path, 3_000_000_000), (shown.GetProperty("folder").GetString(), shown.GetProperty("limit_bytes").GetInt64()));
        JsonElement entry = Assert.Single(shown.GetProperty("kept").EnumerateArray());
        Assert.Equal((model, "q8_0"), (entry.GetProperty("model").GetString(), entry.GetProperty("weights").GetString()));
        Assert.Equal(new FileInfo(entry.GetProperty("file").GetString()!).Length, shown.GetProperty("bytes").GetInt64());
        Assert.Contains("q8_0", Juxta.RunIn(environment, "packed").Out);

        Assert.Equal(1, Juxta.RunIn(environment, "packed", "clear", "--json").Json.GetProperty("cleared").GetInt32());
        Assert.False(Directory.Exists(packed.Path));
        Assert.Contains("0.00 GB of at most 3", Juxta.RunIn(environment, "packed").Out);
        Assert.Contains("JUXTA_CACHE is off", Juxta.RunIn(new Dictionary<string, string> { ["JUXTA_CACHE"] = "off" }, "packed").Out);
    }
}
