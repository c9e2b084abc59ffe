using System.Diagnostics;
using Juxta.Engine;
using Juxta.Engine.Generation;

namespace Juxta.Cli.Bench;

/// <summary>Speeds of an opened model, through the one generation path, one sequence at a time.</summary>
internal sealed class Measurement(InferenceEngine engine)
{
    readonly Random _random = new(1);

    /// <summary>Prompt tokens per second, from the request to the first token.</summary>
    public async Task<double> PrefillAsync(int tokens, CancellationToken cancel) => tokens / (await RunAsync(tokens, 1, cancel)).First;

    /// <summary>Answer tokens per second after the first, behind a prompt of the given length.</summary>
    public async Task<double> DecodeAsync(int promptTokens, int tokens, CancellationToken cancel)
    {
        (double first, double all) = await RunAsync(promptTokens, tokens + 1, cancel);
        return tokens / (all - first);
    }

    async Task<(double First, double All)> RunAsync(int promptTokens, int tokens, CancellationToken cancel)
    {
        var request = new GenerationRequest
        {
            PromptIds = [.. Enumerable.Range(0, promptTokens).Select(_ => _random.Next(engine.Model.Description.Vocabulary))],
            MaxTokens = tokens,
            Sampling = SamplingOptions.Greedy,
            Stop = new StopOptions { IgnoreEos = true },
        };
        long start = Stopwatch.GetTimestamp();
        double first = 0;
        await foreach (GeneratedToken token in engine.Submit(request).ReadAsync(cancel))
        {
            if (token.Id is not null && first == 0) first = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        return (first, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    public static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
