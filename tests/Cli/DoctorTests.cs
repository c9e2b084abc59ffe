using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary>The command itself: exit codes, JSON, what people read.</summary>
public sealed class DoctorTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-doctor").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Zoo()
    {
        string zoo = Path.Combine(_folder, "zoo");
        Assert.Equal(0, Juxta.Run("doctor", "--zoo", zoo).Code);
        return zoo;
    }

    [Fact]
    public void The_zoo_is_written_once_and_lists_itself()
    {
        string zoo = Zoo();
        JsonElement[] specimens = [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(zoo, "zoo.json"))).RootElement.GetProperty("specimens").EnumerateArray()];
        Assert.True(specimens.Length > 40);
        Assert.All(specimens, specimen => Assert.True(Directory.Exists(Path.Combine(zoo, specimen.GetProperty("model").GetString()!))));
        Juxta.Refuses(["doctor", "--zoo", zoo], "not empty");
    }

    [Fact]
    public void A_broken_model_exits_with_1_and_says_what_where_and_how_to_repair_it()
    {
        string model = Path.Combine(Zoo(), "turn-end-not-stop", "model");
        Juxta.Result result = Juxta.Run("doctor", "--model", model);
        Assert.Equal(1, result.Code);
        Assert.Contains("error turn-end-not-stop: the token that ends a turn is no stop id", result.Out);
        Assert.Contains("259 '<|im_end|>'", result.Out);
        Assert.Contains("→ Set eos_token_id in generation_config.json to [257, 259].", result.Out);
        Assert.Contains("1 would break chat", result.Out);
        Assert.Empty(result.Error);

        JsonElement json = Juxta.Run("doctor", "--model", model, "--json").Json;
        Assert.True(json.GetProperty("breaks_chat").GetBoolean());
        JsonElement finding = Assert.Single(json.GetProperty("findings").EnumerateArray());
        Assert.Equal(("turn-end-not-stop", "error"), (finding.GetProperty("code").GetString(), finding.GetProperty("severity").GetString()));
        Assert.Equal(3, json.GetProperty("end_probes").GetArrayLength());
        Assert.Equal(1, json.GetProperty("end_probes")[0].GetProperty("rank").GetInt32());
        Assert.True(json.GetProperty("end_probes")[0].GetProperty("probability").GetDouble() > 0.5);
    }

    [Fact]
    public void A_sound_model_with_its_adapter_exits_with_0()
    {
        string folder = Path.Combine(Zoo(), "sound-adapter");
        Juxta.Result result = Juxta.Run("doctor", "--model", Path.Combine(folder, "model"), "--adapter", Path.Combine(folder, "adapter"));
        Assert.Equal(0, result.Code);
        Assert.Contains("nothing would break chat", result.Out);
        Assert.Contains("has rank 1", result.Out);
        JsonElement json = Juxta.Run("doctor", "--model", Path.Combine(folder, "model"), "--adapter", Path.Combine(folder, "adapter"), "--json").Json;
        Assert.Empty(json.GetProperty("findings").EnumerateArray());
        Assert.True(json.GetProperty("receipt").GetProperty("probe_max_logit_difference").GetDouble() > 0);
    }

    [Fact]
    public void A_warning_alone_exits_with_0()
    {
        Juxta.Result result = Juxta.Run("doctor", "--model", Path.Combine(Zoo(), "dtype-differs", "model"));
        Assert.Equal(0, result.Code);
        Assert.Contains("warning dtype-differs", result.Out);
    }

    [Fact]
    public void Mistakes_of_the_command_line_exit_with_2()
    {
        Juxta.Refuses(["doctor"], "--model DIR");
        Juxta.Refuses(["doctor", "--model", "/nowhere"], "/nowhere", "no such folder");
        Juxta.Refuses(["doctor", "--model", Fixtures.Require("models", "qwen3"), "--adapter", "/nowhere"], "/nowhere", "no such folder");
    }
}
