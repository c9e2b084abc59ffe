using System.Text.Json.Nodes;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;

namespace Juxta.EvalTests.Suites;

/// <summary>A run does it otherwise than its set says.</summary>
public sealed class SetOverrideTests : IDisposable
{
    readonly SetFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    EvalSet Set => _folder.Open("samples.jsonl", """{"id":"a","messages":[{"role":"user","content":"Hi"}],"references":["Hello"]}""", set =>
    {
        set["axes"] = new JsonObject { ["history_turns"] = new JsonArray(0, 2), ["max_target_length"] = new JsonArray(8) };
        set["generation"] = new JsonObject { ["temperature"] = 0, ["seed"] = 7 };
    });

    [Fact]
    public void Axes_get_other_values_and_settings_others()
    {
        EvalSet set = SetOverride.Parse(["max_target_length = 16, 32", "max_source_length=0", "temperature=0.5", "stop=END"]).Of(Set);
        Assert.Equal([(0, 16), (0, 32), (2, 16), (2, 32)], set.Settings.Select(setting => (setting.HistoryTurns!.Value, setting.MaxTargetLength!.Value)));
        Assert.All(set.Settings, setting => Assert.Null(setting.MaxSourceLength));
        Assert.Equal(["seed", "stop", "temperature"], set.Generation.Keys.Order());
        Assert.Equal((0.5, 7, "[\"END\"]"), (set.Generation["temperature"].GetDouble(), set.Generation["seed"].GetInt32(), set.Generation["stop"].GetRawText()));
        Assert.Equal(["\n", "a,b"], SetOverride.Parse(["""stop=["\n","a,b"]"""]).Of(Set).Generation["stop"].EnumerateArray().Select(stop => stop.GetString()));
        Assert.Equal("12", SetOverride.Parse(["stop=12"]).Of(Set).Generation["stop"][0].GetString());
        Assert.Equal(Set.Settings, SetOverride.Parse([]).Of(Set).Settings);
        Assert.Equal(7, RunManifest.Of(new ModelIdentity("m"), SetOverride.Parse(["top_k=1"]).Of(Set), "test").Seed);
    }

    [Theory]
    [InlineData("64", "'64' overrides nothing; expected name=value")]
    [InlineData("=64", "overrides nothing")]
    [InlineData("max_length=64", "'max_length' cannot be overridden; there are few_shot, history_turns, max_source_length, max_target_length, temperature")]
    [InlineData("max_target_length=long", "max_target_length is 'long'; expected a whole number, 0 or more")]
    [InlineData("history_turns=1,-1", "history_turns is '1,-1'; expected a whole number, 0 or more")]
    [InlineData("history_turns=", "history_turns is ''; expected a whole number")]
    [InlineData("history_turns=1, 1", "names a value twice")]
    [InlineData("temperature=warm", "temperature is 'warm'; expected a number, 0 or more")]
    [InlineData("top_p=1.5", "top_p is '1.5'; expected a number above 0 and up to 1")]
    [InlineData("stop=", "stop is ''; expected a list of texts that are not empty")]
    public void What_cannot_be_is_named(string given, string says) => Assert.Contains(says, Assert.Throws<SuiteException>(() => SetOverride.Parse([given])).Message);

    [Fact]
    public void What_is_given_twice_or_asks_for_more_than_the_set_has_is_refused()
    {
        Assert.Contains("top_k is given twice", Assert.Throws<SuiteException>(() => SetOverride.Parse(["top_k=1", "top_k=2"])).Message);
        Assert.Contains("few_shot goes up to 2 and", Assert.Throws<SuiteException>(() => SetOverride.Parse(["few_shot=0,2"]).Of(Set)).Message);
    }
}
