using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Sampling;

namespace Juxta.EngineTests.Scheduling;

/// <summary>What a generation gave, read to its end.</summary>
sealed record Answer(int[] Ids, string Text, Outcome Outcome, IReadOnlyList<GeneratedToken> Steps);

static class Runs
{
    public static GenerationRequest Greedy(int maxTokens, params int[] prompt) =>
        new() { PromptIds = prompt, MaxTokens = maxTokens, Sampling = SamplingOptions.Greedy };

    public static GenerationRequest Sampled(int maxTokens, ulong seed, params int[] prompt) =>
        new() { PromptIds = prompt, MaxTokens = maxTokens, Seed = seed, Sampling = new SamplingOptions { Temperature = 1.5f, TopP = 0.9f } };

    public static async Task<Answer> Read(this RunningGeneration generation)
    {
        var steps = new List<GeneratedToken>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (GeneratedToken step in generation.ReadAsync(limit.Token)) steps.Add(step);
        Assert.All(steps.SkipLast(1), step => Assert.Null(step.Outcome));
        Assert.Equal(steps[^1].Outcome, await generation.Completion);
        int[] ids = [.. steps.Where(step => step.Id is not null).Select(step => step.Id!.Value)];
        Assert.Equal(ids.Length, generation.CompletionTokens);
        return new Answer(ids, string.Concat(steps.Select(step => step.Text)), steps[^1].Outcome!, steps);
    }

    public static Task<Answer> Run(this InferenceEngine engine, GenerationRequest request) => engine.Submit(request).Read();

    /// <summary>One token per letter: id = UTF-16 unit.</summary>
    public static TextVocabulary Letters { get; } = new(300, _ => new TextStream(id => ((char)id).ToString(), () => ""), text => [.. text.Select(c => (int)c)]);

    /// <summary>A decoder that says <paramref name="text"/> after a one-token prompt, and then the letter '.' for ever.</summary>
    public static RecallDecoder Saying(string text) =>
        new((ids, _, logits) =>
        {
            logits.Clear();
            logits[ids.Length - 1 < text.Length ? text[ids.Length - 1] : '.'] = 20;
        });

    /// <summary>The same greedy answer by the plainest loop, without an engine.</summary>
    public static int[] Expected(int tokens, params int[] prompt)
    {
        List<int> ids = [.. prompt];
        var logits = new float[300];
        for (int i = 0; i < tokens; i++)
        {
            RecallDecoder.Random(ids.ToArray(), Juxta.Engine.Lora.AdapterSet.None, logits);
            ids.Add(Array.IndexOf(logits, logits.Max()));
        }
        return [.. ids.Skip(prompt.Length)];
    }
}
