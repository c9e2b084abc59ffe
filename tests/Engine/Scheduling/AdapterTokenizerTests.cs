using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Lora;
using Juxta.EngineTests.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Scheduling;

/// <summary>An adapter with a tokenizer of its own: its rows get its tokens' text and its ends, other rows keep the base's.</summary>
public sealed class AdapterTokenizerTests
{
    static readonly EngineOptions Options = new() { CacheTokens = 1024 };

    static string Stories => Fixtures.Require("models", "stories260k");

    /// <summary>The toy chat adapter with files of its own beside it.</summary>
    static TempFolder Adapter(params (string Name, string Text)[] files)
    {
        var folder = new TempFolder();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Stories, "adapters", "lora-toy-chat"))) File.Copy(file, folder.File(Path.GetFileName(file)));
        foreach ((string name, string text) in files) folder.Write(name, text);
        return folder;
    }

    /// <summary>The base's tokenizer.json with some ids spelt otherwise.</summary>
    static string Respelt(params (int Id, string Token)[] changes)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(Stories, "tokenizer.json")))!;
        JsonObject vocabulary = json["model"]!["vocab"]!.AsObject();
        foreach ((int id, string token) in changes)
        {
            string old = vocabulary.First(entry => (int)entry.Value! == id).Key;
            vocabulary.Remove(old);
            vocabulary[token] = id;
            json["model"]!["merges"] = new JsonArray(); // a merge that lost its token would not load
        }
        return json.ToJsonString();
    }

    static async Task<(Answer Base, Answer Adapted, StopIds Stops, LoraAdapter Adapter)> Run(TempFolder folder, StopOptions? stop = null)
    {
        using LanguageModel model = LanguageModel.Open(Stories, threads: 1);
        await using var engine = new InferenceEngine(model, Options);
        LoraAdapter adapter = await engine.LoadAdapterAsync(folder.Path, "own");
        GenerationRequest request = Runs.Greedy(40, 1, 403) with { Stop = stop ?? new StopOptions() };
        Task<Answer> plain = engine.Run(request), adapted = engine.Run(request with { Adapters = [new AdapterUse("own")] });
        return (await plain, await adapted, engine.StopIdsOf([new AdapterUse("own")]), adapter);
    }

    /// <summary>An id that the adapter's answer holds early and the model's files do not end at.</summary>
    static async Task<int> DrawnId()
    {
        using TempFolder plain = Adapter();
        (_, Answer adapted, StopIds stops, _) = await Run(plain, new StopOptions { IgnoreEos = true });
        return adapted.Ids.Skip(3).First(id => !stops.Contains(id));
    }

    [Fact]
    public async Task Its_end_of_sequence_ends_its_rows_and_no_others()
    {
        int end = await DrawnId();
        using LanguageModel model = LanguageModel.Open(Stories, threads: 1);
        string token = model.Tokenizer!.TokenOf(end)!;
        foreach (string json in (string[])[new JsonObject { ["eos_token"] = token }.ToJsonString(), new JsonObject { ["eos_token"] = new JsonObject { ["content"] = token } }.ToJsonString()])
        {
            using TempFolder folder = Adapter(("special_tokens_map.json", json));
            (Answer plain, Answer adapted, StopIds stops, _) = await Run(folder);
            Assert.Equal(Outcome.Eos(end), adapted.Outcome);
            Assert.NotEqual(Outcome.Eos(end), plain.Outcome);
            Assert.Equal(["adapter 'own' tokenizer eos_token"], stops.Entries.Single(stop => stop.Id == end).Sources);
            Assert.Superset(model.StopIds.Entries.Select(stop => stop.Id).ToHashSet(), stops.Entries.Select(stop => stop.Id).ToHashSet());
        }
    }

    [Fact]
    public async Task Its_tokens_have_the_text_that_it_gives_them()
    {
        int id = await DrawnId();
        using TempFolder folder = Adapter(("tokenizer.json", Respelt((id, "\u2581RENAMED"))), ("tokenizer_config.json", File.ReadAllText(Path.Combine(Stories, "tokenizer_config.json"))));
        (Answer plain, Answer adapted, _, LoraAdapter adapter) = await Run(folder, new StopOptions { IgnoreEos = true });
        Assert.Empty(adapter.Receipt.Warnings);
        Assert.Contains("RENAMED", adapted.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("RENAMED", plain.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_turn_end_is_a_stop_id()
    {
        using LanguageModel model = LanguageModel.Open(Stories, threads: 1);
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(Stories, "tokenizer_config.json")))!;
        config["chat_template"] = "{% for message in messages %}{{ message.content }}{{ '<s>' if message.role == 'assistant' else '' }}{% endfor %}";
        config["bos_token"] = null;
        using TempFolder folder = Adapter(("tokenizer.json", File.ReadAllText(Path.Combine(Stories, "tokenizer.json"))), ("tokenizer_config.json", config.ToJsonString()));
        (_, _, StopIds stops, _) = await Run(folder);
        Assert.Contains("adapter 'own' chat template turn end", stops.Entries.Single(stop => stop.Id == model.Tokenizer!.IdOf("<s>")).Sources);
    }

    [Fact]
    public async Task A_tokenizer_of_another_model_or_one_that_cannot_be_read_leaves_the_base_s_and_says_so()
    {
        using TempFolder other = Adapter(("tokenizer.json", Respelt([.. Enumerable.Range(300, 50).Select(id => (id, $"other{id}"))])), ("special_tokens_map.json", "{\"eos_token\": \"other300\"}"));
        (_, Answer adapted, StopIds stops, LoraAdapter adapter) = await Run(other);
        Assert.Contains("spells 50 of the base's", Assert.Single(adapter.Receipt.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("other", adapted.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(300, stops.Entries.Select(stop => stop.Id));

        using TempFolder broken = Adapter(("tokenizer.json", "{"));
        (_, _, _, LoraAdapter second) = await Run(broken);
        Assert.Contains("its tokenizer cannot be read, the base's is used", Assert.Single(second.Receipt.Warnings), StringComparison.Ordinal);
    }
}
