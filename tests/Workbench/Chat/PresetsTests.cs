using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Workbench;
using Juxta.Workbench.Chat;

namespace Juxta.WorkbenchTests.Chat;

public sealed class PresetsTests : IAsyncDisposable
{
    static readonly Preset Careful = new()
    {
        Name = "Careful 小心",
        Sampling = new SamplingOptions
        {
            Temperature = 0.3f, TopK = 40, TopP = 0.9f, MinP = 0.05f, RepetitionPenalty = 1.1f, PresencePenalty = -0.5f, FrequencyPenalty = 0.25f,
            LogitBias = new Dictionary<int, float> { [13] = -5, [2] = 0.5f },
        },
        Stop = new StopOptions { Strings = ["\nUser:", "日本"], Ids = [7], IgnoreEos = true, MinTokens = 3, RepetitionLimit = 8, IncludeStopString = true },
        MaxTokens = 512,
        Seed = ulong.MaxValue,
    };

    readonly TemporaryFolder _folder = new();
    JuxtaWorkbench _workbench;

    public PresetsTests() => _workbench = Open();

    Presets Presets => _workbench.Presets;

    public async ValueTask DisposeAsync()
    {
        await _workbench.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_preset_gets_another_name_that_is_free_and_knows_settings_that_sample_as_it_says()
    {
        await Presets.SaveAsync(Careful);
        await Presets.SaveAsync(Careful with { Name = "Other", MaxTokens = null });
        await Presets.RenameAsync(Careful.Name, "  Calm ");
        Assert.Equal(["Calm", "Other"], (await Presets.ListAsync()).Select(preset => preset.Name));
        Preset calm = (await Presets.ListAsync())[0];
        Assert.True(calm.Matches(calm.ApplyTo(new ConversationSettings { SystemPrompt = "x" })));
        Assert.False(calm.Matches(calm.ApplyTo(new ConversationSettings()) with { Seed = 1 }));
        Assert.False(calm.Matches(new ConversationSettings()));
        Assert.Contains("'Other' already", (await Assert.ThrowsAsync<RequestException>(() => Presets.RenameAsync("Calm", "Other"))).Message);
        Assert.Contains("1 to 100 characters", (await Assert.ThrowsAsync<RequestException>(() => Presets.RenameAsync("Calm", " "))).Message);
        Assert.Contains("no preset 'Gone'", (await Assert.ThrowsAsync<NotFoundException>(() => Presets.RenameAsync("Gone", "Here"))).Message);
        await Presets.RenameAsync("Calm", "Calm");
        Assert.Equal(2, (await Presets.ListAsync()).Count);
    }

    [Fact]
    public async Task A_saved_preset_is_there_after_a_restart_and_gone_when_deleted()
    {
        int told = 0;
        Presets.Changed += () => told++;
        await Presets.SaveAsync(Careful);
        await Presets.SaveAsync(new Preset { Name = " as advised " });
        await Presets.SaveAsync(new Preset { Name = "as advised", MaxTokens = 9 });
        await _workbench.DisposeAsync();
        _workbench = Open();

        IReadOnlyList<Preset> all = await Presets.ListAsync();
        Assert.Equal(["as advised", "Careful 小心"], all.Select(preset => preset.Name));
        Assert.Equal((null, 9, null), (all[0].Sampling, all[0].MaxTokens, all[0].Seed));
        AssertSame(Careful, all[1]);
        Assert.True(await Presets.DeleteAsync("as advised"));
        Assert.False(await Presets.DeleteAsync("as advised"));
        Assert.Single(await Presets.ListAsync());
        Assert.Equal(3, told);
    }

    [Fact]
    public async Task Presets_travel_as_JSON()
    {
        await Presets.SaveAsync(Careful);
        await Presets.SaveAsync(new Preset { Name = "b" });
        string both = await Presets.ExportAsync(), one = await Presets.ExportAsync("Careful 小心");
        Assert.Contains("\"temperature\": 0.3", one);
        Assert.Contains("\"name\": \"Careful 小心\"", one);
        Assert.DoesNotContain("\"name\": \"b\"", one);
        await Presets.DeleteAsync("b");
        await Presets.DeleteAsync(Careful.Name);
        Assert.Equal(["b", "Careful 小心"], await Presets.ImportAsync("all.json", both));
        AssertSame(Careful, (await Presets.ListAsync())[1]);
        Assert.Equal(both, await Presets.ExportAsync());
        Assert.Equal("there is no preset 'x'", (await Assert.ThrowsAsync<NotFoundException>(() => Presets.ExportAsync("x"))).Message);
    }

    [Fact]
    public async Task A_preset_with_some_sampling_keys_leaves_the_others_off()
    {
        await Presets.ImportAsync("p.json", """{"name": "warm", "temperature": 1.2}""");
        Assert.Equal(new SamplingOptions { Temperature = 1.2f }.TopP, (await Presets.ListAsync())[0].Sampling!.TopP);
        Assert.Equal(1.2f, (await Presets.ListAsync())[0].Sampling!.Temperature);
        await Presets.ImportAsync("p.json", """{"name": "warm", "max_tokens": 5}""");
        Assert.Null((await Presets.ListAsync())[0].Sampling);
    }

    [Theory]
    [InlineData("""{"name": "x", "temprature": 1}""", "p.json line 1: temprature is not known; the fields here are name, temperature, top_k")]
    [InlineData("[{\"name\": \"x\"},\n {\"name\": \"y\",\n  \"top_p\": 1.5}]", "p.json line 3: top_p is 1.5; expected 0 to 1")]
    [InlineData("{\"temperature\": 1}", "p.json line 1: name is missing")]
    [InlineData("{\"name\": \"  \"}", "name is ''; expected a name of 1 to 100 characters")]
    [InlineData("{\"name\": 3}", "name is 3; expected a text")]
    [InlineData("{\"name\": \"x\", \"temperature\": \"hot\"}", "temperature is 'hot'; expected a number")]
    [InlineData("{\"name\": \"x\", \"temperature\": 1e999}", "temperature is 1e999; expected a number")]
    [InlineData("{\"name\": \"x\", \"repetition_penalty\": 0}", "repetition_penalty is 0; expected above 0 to 100")]
    [InlineData("{\"name\": \"x\", \"stop\": [\"a\", \"\"]}", "stop[1] is ''; expected a text that is not empty")]
    [InlineData("{\"name\": \"x\", \"stop\": \"a\"}", "stop is 'a'; expected an array")]
    [InlineData("{\"name\": \"x\", \"logit_bias\": {\"a\": 1}}", "logit_bias.a: the name is no token id")]
    [InlineData("{\"name\": \"x\", \"repetition_limit\": 1}", "repetition_limit is 1; expected 0 (off), or 2 or more")]
    [InlineData("{\"name\": \"x\", \"seed\": -1}", "seed is -1; expected a whole number, 0 or more")]
    [InlineData("{\"name\": \"x\", \"name\": \"y\"}", "p.json line 1, column")]
    [InlineData("{\"name\": \"x\"\n \"seed\": 1}", "p.json line 2, column 2: not valid JSON")]
    [InlineData("[3]", "p.json line 1: this is 3; expected an object")]
    [InlineData("", "p.json has no preset in it")]
    public async Task A_preset_file_that_is_at_fault_says_where_and_changes_nothing(string json, string message)
    {
        Assert.Contains(message, (await Assert.ThrowsAsync<RequestException>(() => Presets.ImportAsync("p.json", json))).Message);
        Assert.Empty(await Presets.ListAsync());
    }

    [Fact]
    public async Task A_preset_needs_a_name()
    {
        foreach (string name in new[] { "", "   ", new string('x', 101) })
            Assert.Equal("name", (await Assert.ThrowsAsync<RequestException>(() => Presets.SaveAsync(new Preset { Name = name }))).Parameter);
    }

    [Fact]
    public void A_preset_takes_the_sampling_of_a_conversation_and_leaves_the_rest()
    {
        var settings = new ConversationSettings { Model = "m", SystemPrompt = "s", Sampling = SamplingOptions.Greedy, MaxTokens = 7, Seed = 3, Tools = "[]" };
        ConversationSettings applied = Careful.ApplyTo(settings);
        Assert.Equal(settings with { Sampling = Careful.Sampling, Stop = Careful.Stop, MaxTokens = 512, Seed = ulong.MaxValue }, applied);
        Assert.Equal(Careful, Preset.Of(Careful.Name, applied));
    }

    static void AssertSame(Preset expected, Preset actual)
    {
        Assert.Equivalent(expected, actual, strict: true);
    }

    JuxtaWorkbench Open() => JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.File("data") });
}
