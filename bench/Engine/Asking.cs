using Juxta.Engine;
using Juxta.Engine.Generation;

namespace Juxta.EngineBench;

/// <summary>Requests of random ids and when the engine made their tokens.</summary>
static class Asking
{
    public static int[] Ids(LanguageModel model, int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(model.Description.Vocabulary))];
    }

    public static RunningGeneration Ask(this InferenceEngine engine, int[] prompt, int tokens, IReadOnlyList<AdapterUse>? adapters = null) => engine.Submit(new GenerationRequest
    {
        PromptIds = prompt,
        MaxTokens = tokens,
        Adapters = adapters ?? [],
        Sampling = SamplingOptions.Greedy,
        Stop = new StopOptions { IgnoreEos = true },
    });

    /// <summary>Seconds since it was asked for at which the engine made each token.</summary>
    public static async Task<double[]> TimesAsync(this RunningGeneration generation)
    {
        var times = new List<double>();
        await foreach ((GeneratedToken token, TimeSpan at) in generation.ReadTimedAsync())
            if (token.Id is not null) times.Add(at.TotalSeconds);
        return [.. times];
    }

    public static double Median(this IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
