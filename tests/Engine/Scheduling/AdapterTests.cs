using System.Text.Json;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Lora;
using Juxta.Engine.Scheduling;
using Juxta.EngineTests.Models;
using Juxta.Tests;

namespace Juxta.EngineTests.Scheduling;

public class AdapterTests
{
    static readonly EngineOptions Options = new() { CacheTokens = 2048 };

    static string Stories => Fixtures.Require("models", "stories260k");

    static string AdapterFolder(string name) => Path.Combine(Stories, "adapters", name);

    static JsonElement Expected(string adapter) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Stories, "expected.json"))).RootElement.GetProperty("adapters").GetProperty(adapter);

    static int[] Ids(JsonElement array) => [.. array.EnumerateArray().Select(id => id.GetInt32())];

    [Theory]
    [InlineData("lora-toy-chat")]
    [InlineData("lora-toy-chat-eos-token")]
    public async Task Answers_of_base_and_adapter_in_one_batch_are_those_of_the_reference(string name)
    {
        using LanguageModel model = LanguageModel.Open(Stories, threads: 2, backend: TestModels.Backend);
        await using var engine = new InferenceEngine(model, Options);
        LoraAdapter adapter = await engine.LoadAdapterAsync(AdapterFolder(name));
        Assert.Equal(name, adapter.Name);
        Assert.Same(adapter, Assert.Single(engine.Adapters));
        Assert.True(adapter.Receipt.ProbeMaxLogitDifference > 0.1);
        Assert.InRange(adapter.Receipt.ProbeTopTokenChanged, 0.01, 1);

        int compared = 0;
        var answers = new List<(Task<Answer> Adapted, int[] Expected, Task<Answer> Base, int[] BaseExpected)>();
        foreach (JsonElement prompt in Expected(name).GetProperty("prompts").EnumerateArray())
        {
            int[] ids = Ids(prompt.GetProperty("ids")), greedy = Ids(prompt.GetProperty("greedy")), baseGreedy = Ids(prompt.GetProperty("base_greedy"));
            GenerationRequest request = Runs.Greedy(greedy.Length, ids);
            answers.Add((
                engine.Run(request with { Adapters = [new AdapterUse(name)] }), greedy,
                engine.Run(Runs.Greedy(baseGreedy.Length, ids) with { Stop = new StopOptions { IgnoreEos = true } }), baseGreedy));
        }
        foreach ((Task<Answer> adapted, int[] expected, Task<Answer> plain, int[] baseExpected) in answers)
        {
            Answer answer = await adapted;
            Assert.Equal(expected, answer.Ids);
            if (expected[^1] is 1 or 2) Assert.Equal(Outcome.Eos(expected[^1]), answer.Outcome);
            Assert.Equal(baseExpected, (await plain).Ids);
            compared++;
        }
        Assert.True(compared > 0);
    }

    [Fact]
    public async Task Two_adapters_that_replace_the_same_module_are_not_put_together()
    {
        string folder = Fixtures.Require("models", "qwen2.5-tied-bf16");
        using LanguageModel model = LanguageModel.Open(folder, threads: 1, backend: TestModels.Backend);
        await using var engine = new InferenceEngine(model, Options);
        await engine.LoadAdapterAsync(Path.Combine(folder, "adapters/trainable-tokens"), "first");
        await engine.LoadAdapterAsync(Path.Combine(folder, "adapters/trainable-tokens"), "second");
        await engine.LoadAdapterAsync(Path.Combine(folder, "adapters/lora-all-linear"), "third");
        RequestException refused = Assert.Throws<RequestException>(() =>
            engine.Submit(Runs.Greedy(1, [1, 2]) with { Adapters = [new AdapterUse("first"), new AdapterUse("third"), new AdapterUse("second")] }));
        Assert.Equal("adapters", refused.Parameter);
        Assert.Contains("'first' and 'second' both replace model.embed_tokens", refused.Message);
        Assert.Single((await engine.Run(Runs.Greedy(1, [1, 2]) with { Adapters = [new AdapterUse("first"), new AdapterUse("third")] })).Ids);
    }

    [Fact]
    public async Task An_adapter_unloaded_while_in_use_serves_its_answers_to_the_end()
    {
        using LanguageModel model = LanguageModel.Open(Stories, threads: 1, backend: TestModels.Backend);
        await using var engine = new InferenceEngine(model, Options);
        await engine.LoadAdapterAsync(AdapterFolder("lora-toy-chat"), "chat");
        GenerationRequest request = Runs.Greedy(150, 1, 403) with { Adapters = [new AdapterUse("chat")], Stop = new StopOptions { IgnoreEos = true } };
        Answer expected = await engine.Run(request);
        Task<Answer> running = engine.Run(request);
        Assert.True(engine.UnloadAdapter("chat"));
        Assert.False(engine.UnloadAdapter("chat"));
        Assert.Empty(engine.Adapters);
        var refusal = Assert.Throws<RequestException>(() => engine.Submit(request));
        Assert.Equal("adapters", refusal.Parameter);
        Assert.Contains("no adapter named 'chat'", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(expected.Ids, (await running).Ids);
        await engine.LoadAdapterAsync(AdapterFolder("lora-toy-chat"), "chat");
        Assert.Equal(expected.Ids, (await engine.Run(request)).Ids);
    }

    [Fact]
    public async Task A_name_is_for_one_adapter()
    {
        using LanguageModel model = LanguageModel.Open(Stories, threads: 1, backend: TestModels.Backend);
        await using var engine = new InferenceEngine(model, Options);
        await engine.LoadAdapterAsync(AdapterFolder("lora-toy-chat"), "a");
        var taken = await Assert.ThrowsAsync<RequestException>(() => engine.LoadAdapterAsync(AdapterFolder("lora-toy-chat-eos-token"), "a"));
        Assert.Equal("name", taken.Parameter);
        Assert.Contains("is loaded already", taken.Message, StringComparison.Ordinal);
        Assert.Equal("name", (await Assert.ThrowsAsync<RequestException>(() => engine.LoadAdapterAsync(AdapterFolder("lora-toy-chat"), " "))).Parameter);
        AdapterUse[] twice = [new("a"), new("a", 0.5f)];
        Assert.Contains("named twice", Assert.Throws<RequestException>(() => engine.Submit(Runs.Greedy(1, 1) with { Adapters = twice })).Message, StringComparison.Ordinal);
        AdapterUse[] endless = [new("a", float.PositiveInfinity)];
        Assert.Contains("expected a finite number", Assert.Throws<RequestException>(() => engine.Submit(Runs.Greedy(1, 1) with { Adapters = endless })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scale_zero_is_the_base()
    {
        using LanguageModel model = LanguageModel.Open(Stories, threads: 1, backend: TestModels.Backend);
        await using var engine = new InferenceEngine(model, Options);
        await engine.LoadAdapterAsync(AdapterFolder("lora-toy-chat"), "chat");
        LogitsResult plain = await engine.LogitsAsync([1, 403, 5], []);
        Assert.Equal(plain.Values, (await engine.LogitsAsync([1, 403, 5], [new AdapterUse("chat", 0)])).Values);
        Assert.NotEqual(plain.Values, (await engine.LogitsAsync([1, 403, 5], [new AdapterUse("chat", 0.25f)])).Values);
    }

    [Fact]
    public async Task An_adapter_that_changes_no_logit_is_refused_unless_allowed()
    {
        // Whatever its tensors say: this decoder does not listen to adapters.
        await using var engine = new InferenceEngine(new RecallDecoder((ids, _, logits) => RecallDecoder.Random(ids, AdapterSet.None, logits)), Options, null, []);
        using var adapter = new LoraAdapter("deaf", "/adapters/deaf", [], null);
        var refusal = await Assert.ThrowsAsync<ModelFormatException>(() => engine.ProveAsync(adapter, new AdapterOptions(), default));
        Assert.Contains("'deaf'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("changes no logit", refusal.Message, StringComparison.Ordinal);
        await engine.ProveAsync(adapter, new AdapterOptions { AllowNoEffect = true }, default);
        Assert.Equal(0, adapter.Receipt.ProbeMaxLogitDifference);
    }

    [Fact]
    public async Task An_adapter_that_makes_nonsense_of_the_logits_is_refused()
    {
        await using var engine = new InferenceEngine(
            new RecallDecoder((ids, adapters, logits) => { RecallDecoder.Random(ids, adapters, logits); if (!adapters.IsEmpty) logits[3] = float.NaN; }), Options, null, []);
        using var adapter = new LoraAdapter("loud", "/adapters/loud", [], null);
        var refusal = await Assert.ThrowsAsync<ModelFormatException>(() => engine.ProveAsync(adapter, new AdapterOptions(), default));
        Assert.Contains("not numbers (NaN)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_uses_share_one_set_and_the_last_user_of_an_unloaded_adapter_frees_it()
    {
        using var registry = new AdapterRegistry(300);
        var adapter = new LoraAdapter("a", "/a", [], 310);
        registry.Add(adapter);
        AdapterLease first = registry.Rent([new AdapterUse("a")]), second = registry.Rent([new AdapterUse("a")]), other = registry.Rent([new AdapterUse("a", 0.5f)]);
        Assert.Same(first.Set, second.Set);
        Assert.NotSame(first.Set, other.Set);
        Assert.Equal(310, first.Vocabulary);
        Assert.Equal(300, registry.Rent([]).Vocabulary);
        Assert.True(registry.Remove("a"));
        registry.Release(first);
        registry.Release(second);
        registry.Release(other);
        Assert.Throws<RequestException>(() => registry.Rent([new AdapterUse("a")]));
    }
}
