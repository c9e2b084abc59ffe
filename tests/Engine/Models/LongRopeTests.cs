using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;
using Juxta.EngineTests.Scheduling;
using Juxta.EngineTests.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Models;

/// <summary>Long-context Phi-3: a text within the original length turns by the short factors, a longer one by the long ones, from its first token on.</summary>
public sealed class LongRopeTests
{
    const int Original = 24;

    static string Phi3 => Fixtures.Require("models", "phi3");

    static int Pairs => (int)JsonNode.Parse(File.ReadAllText(Path.Combine(Phi3, "config.json")))!["hidden_size"]! / (int)JsonNode.Parse(File.ReadAllText(Path.Combine(Phi3, "config.json")))!["num_attention_heads"]! / 2;

    static TempFolder WithRope(JsonNode? scaling, int original = Original)
    {
        var folder = new TempFolder();
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(Phi3, "config.json")))!;
        config["rope_scaling"] = scaling;
        config["max_position_embeddings"] = 96;
        config["original_max_position_embeddings"] = original;
        folder.Write("config.json", config.ToJsonString());
        foreach (string file in Directory.EnumerateFiles(Phi3, "model*")) File.Copy(file, folder.File(Path.GetFileName(file)));
        return folder;
    }

    static JsonObject Scaling(float shorter, float longer, string type = "longrope") => new()
    {
        ["type"] = type,
        ["short_factor"] = new JsonArray([.. Enumerable.Range(0, Pairs).Select(i => (JsonNode)(shorter + (0.125f * i)))]),
        ["long_factor"] = new JsonArray([.. Enumerable.Range(0, Pairs).Select(i => (JsonNode)(longer + (0.125f * i)))]),
    };

    [Fact]
    public void Frequencies_are_divided_by_their_factors_and_cos_and_sin_grow_with_the_stretch()
    {
        using TempFolder folder = WithRope(Scaling(1, 4));
        CheckpointConfig config = CheckpointConfig.Read(folder.File("config.json"));
        (RopeFrequencies ordinary, RopeFrequencies longer) = LongRotary.Read(config, 2 * Pairs, 96, out int original)!.Value;
        Assert.Equal(Original, original);
        float[] plain = RopeFrequencies.Plain(2 * Pairs, config.RopeTheta(10000)).Inverse;
        for (int i = 0; i < Pairs; i++)
        {
            Assert.Equal(plain[i] / (1 + (0.125f * i)), ordinary.Inverse[i]);
            Assert.Equal(plain[i] / (4 + (0.125f * i)), longer.Inverse[i]);
        }
        Assert.Equal(Math.Sqrt(1 + (Math.Log(96.0 / Original) / Math.Log(Original))), ordinary.Magnitude, 6);
        Assert.Equal(ordinary.Magnitude, longer.Magnitude);
    }

    [Fact]
    public void A_text_uses_the_short_factors_up_to_the_original_length_and_the_long_ones_beyond()
    {
        using TempFolder both = WithRope(Scaling(1, 4)), onlyShort = WithRope(Scaling(1, 1)), onlyLong = WithRope(Scaling(4, 4, "su"));
        using var pool = new WorkerPool(2);
        using Decoder first = TestModels.OpenDecoder(both.Path, pool), shorter = TestModels.OpenDecoder(onlyShort.Path, pool), longer = TestModels.OpenDecoder(onlyLong.Path, pool);
        using DecoderRunner runner = new(first), shortRunner = new(shorter), longRunner = new(longer);
        int[] ids = runner.RandomIds(5, Original + 1);
        Assert.Equal(shortRunner.Logits(ids[..Original]), runner.Logits(ids[..Original]));
        Assert.Equal(longRunner.Logits(ids), runner.Logits(ids));
        Assert.NotEqual(shortRunner.Logits(ids)[^1], runner.Logits(ids)[^1]);
    }

    [Fact]
    public async Task An_answer_that_outgrows_the_original_length_goes_on_as_if_it_had_been_computed_whole()
    {
        using TempFolder folder = WithRope(Scaling(1, 4));
        using LanguageModel model = LanguageModel.Open(folder.Path, threads: 2);
        await using var engine = new InferenceEngine(model, new EngineOptions { CacheTokens = 512, StepTokens = 16 });
        int[] prompt = [.. Enumerable.Range(3, 15)];
        Task<Answer>[] same = [.. Enumerable.Range(0, 3).Select(_ => engine.Run(Runs.Greedy(30, prompt) with { Stop = new StopOptions { IgnoreEos = true } }))];
        int[] answer = (await same[0]).Ids;
        foreach (Task<Answer> other in same) Assert.Equal(answer, (await other).Ids);
        for (int i = 0; i < answer.Length; i++)
        {
            LogitsResult whole = await engine.LogitsAsync([.. prompt, .. answer[..i]], []);
            Assert.Equal(answer[i], DecoderRunner.ArgMax(whole.Values[^whole.Vocabulary..]));
        }
    }

    [Fact]
    public void Factors_that_are_missing_or_too_few_are_refused()
    {
        JsonObject scaling = Scaling(1, 4);
        scaling["long_factor"] = new JsonArray(1, 2);
        using TempFolder folder = WithRope(scaling);
        var error = Assert.Throws<ModelFormatException>(() => LanguageModel.Open(folder.Path));
        Assert.Contains($"'rope_scaling.long_factor' has 2 entries; expected {Pairs} numbers above 0", error.Message, StringComparison.Ordinal);
    }
}
