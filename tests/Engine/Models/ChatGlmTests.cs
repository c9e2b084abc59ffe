using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.EngineTests.Scheduling;
using Juxta.EngineTests.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Models;

/// <summary>What is particular to the first ChatGLM: how it reads a text, and that the engine carries that through every way a text can take.</summary>
public sealed class ChatGlmTests
{
    const int Mask = 192, GMask = 193, Sop = 196;

    static string Folder => Fixtures.Require("models", "chatglm-6b-f16");

    [Theory]
    [InlineData(new[] { 5, 6, GMask, Sop, 9 }, 3, 2)]
    [InlineData(new[] { 5, Mask, 6, GMask, Sop }, 4, 3)]
    [InlineData(new[] { 5, Mask, 6, Sop, GMask, Sop, 7 }, 3, 1)]
    public void A_text_is_two_way_up_to_sop_and_its_answer_keeps_the_mask_s_position(int[] ids, int prefix, int mask)
    {
        using var pool = new WorkerPool(1);
        using Decoder decoder = TestModels.OpenDecoder(Folder, pool);
        TextContext context = decoder.ReadContext(ids, AdapterSet.None);
        Assert.Equal((prefix, mask), (context.PrefixLength, context.MaskPosition));
    }

    [Theory]
    [InlineData(new[] { 5, 6, GMask }, "no <sop> (196)")]
    [InlineData(new[] { 5, 6, Sop, GMask }, "no [gMASK] (193) or [MASK] (192) before <sop>")]
    public async Task A_prompt_without_its_marks_is_refused_and_told_what_it_lacks(int[] ids, string message)
    {
        using LanguageModel model = LanguageModel.Open(Folder, threads: 1, backend: TestModels.Backend);
        await using var engine = new InferenceEngine(model, new EngineOptions { CacheTokens = 256 });
        RequestException answer = Assert.Throws<RequestException>(() => engine.Submit(Runs.Greedy(3, ids)));
        Assert.Equal("prompt", answer.Parameter);
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
        RequestException logits = await Assert.ThrowsAsync<RequestException>(() => engine.LogitsAsync(ids, []));
        Assert.Equal(answer.Message, logits.Message);
    }

    [Fact]
    public async Task Answers_of_base_lora_and_prefix_that_push_each_other_out_of_a_small_cache_are_those_of_the_reference()
    {
        using var fixture = new FixtureCase("chatglm-6b-f16");
        using LanguageModel model = LanguageModel.Open(Folder, threads: 2, backend: TestModels.Backend);
        // Six blocks for rows of up to four each, and steps smaller than the prompts.
        await using var engine = new InferenceEngine(model, new EngineOptions { CacheTokens = 192, StepTokens = 16, MaxSequences = 8 });
        var running = new List<(Task<Answer> Answer, int[] Expected)>();
        void Ask(IEnumerable<ExpectedPrompt> prompts, params AdapterUse[] adapters)
        {
            foreach (ExpectedPrompt prompt in prompts)
            {
                GenerationRequest request = Runs.Greedy(prompt.Greedy.Length, prompt.Ids) with { Adapters = adapters, Stop = new StopOptions { IgnoreEos = true } };
                running.Add((engine.Run(request), prompt.Greedy));
            }
        }

        Ask(fixture.Prompts);
        foreach ((string name, string folder, ExpectedPrompt[] prompts) in fixture.Adapters)
        {
            await engine.LoadAdapterAsync(folder, name);
            Ask(prompts, new AdapterUse(name));
        }
        Ask(fixture.Prompts);
        foreach ((Task<Answer> answer, int[] expected) in running) Assert.Equal(expected, (await answer).Ids);
        Assert.Equal(21, running.Count);
    }

    [Fact]
    public async Task Scores_of_a_prompt_and_an_answer_are_those_of_its_logits()
    {
        using LanguageModel model = LanguageModel.Open(Folder, threads: 2, backend: TestModels.Backend);
        await using var engine = new InferenceEngine(model, new EngineOptions { CacheTokens = 512, StepTokens = 8 });
        int[] prompt = [.. Enumerable.Range(20, 100), GMask, Sop];
        RunningGeneration generation = engine.Submit(Runs.Greedy(20, prompt) with { LogProbs = 0, Stop = new StopOptions { IgnoreEos = true } });
        Answer answer = await generation.Read();
        int[] all = [.. prompt, .. answer.Ids];
        LogitsResult logits = await engine.LogitsAsync(all, []);
        RunningGeneration scoring = engine.Submit(Runs.Greedy(1, all) with { ScorePrompt = true, LogProbs = 0 });
        await scoring.Read();
        for (int i = 0; i < answer.Ids.Length; i++)
        {
            int position = prompt.Length + i;
            float[] row = logits.Values[((position - 1) * logits.Vocabulary)..(position * logits.Vocabulary)];
            Assert.Equal(answer.Ids[i], DecoderRunner.ArgMax(row));
            if (TestModels.Backend is null) Assert.Equal(answer.Steps[i].LogProb, scoring.PromptScores[position].LogProb); // to the last bit
            else Assert.Equal(answer.Steps[i].LogProb!.Value, scoring.PromptScores[position].LogProb!.Value, 1e-4f);
        }
    }

    [Fact]
    public void A_config_of_one_position_per_token_is_refused()
    {
        using var folder = new TempFolder();
        File.WriteAllText(
            Path.Combine(folder.Path, "config.json"), File.ReadAllText(Path.Combine(Folder, "config.json")).Replace("\"position_encoding_2d\": true", "\"position_encoding_2d\": false", StringComparison.Ordinal));
        File.Copy(Path.Combine(Folder, "model.safetensors"), Path.Combine(folder.Path, "model.safetensors"));
        var error = Assert.Throws<ModelFormatException>(() => LanguageModel.Open(folder.Path));
        Assert.Contains("only checkpoints with two positions per token are known", error.Message, StringComparison.Ordinal);
    }
}
