using System.Diagnostics;
using Juxta.Engine;
using Juxta.Engine.Generation;

namespace Juxta.Cli.Bench;

/// <summary>Speeds of an opened model, through the one generation path.</summary>
internal sealed class Measurement(InferenceEngine engine)
{
    readonly Random _random = new(1);
    readonly Dictionary<int, int[]> _depths = [];

    /// <summary>Tokens per second over all sequences: of the prompt from the request to the first token, or of answers while all are being written.</summary>
    /// <param name="adapters">Of answers: which of the engine's adapters each uses, one behind the other; empty = none.</param>
    public Task<double> SpeedAsync(BenchJob job, CancellationToken cancel, params IReadOnlyList<string> adapters) =>
        job.IsPrefill ? PrefillAsync(job.Tokens, cancel) : DecodeAsync(job, adapters, cancel);

    /// <summary>
    /// Bytes that a decode step of the job must read: every weight once, and the keys and values of each sequence halfway through its answer. Null for prefill, which
    /// arithmetic bounds, and for a backend that may have a memory of its own.
    /// </summary>
    public double? StepBytes(BenchJob job)
    {
        if (job.IsPrefill || engine.Model.Backend is not null) return null;
        return engine.Model.StepBytes + (job.Sequences * (double)engine.Model.CacheTokenBytes * (job.Depth + (job.Tokens / 2.0)));
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    async Task<double> PrefillAsync(int tokens, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        List<double> written = await WriteAsync(Ids(tokens), 1, [], start, cancel); // other ids each time: nothing is taken from the prefix cache
        return tokens / written[0];
    }

    async Task<double> DecodeAsync(BenchJob job, IReadOnlyList<string> adapters, CancellationToken cancel)
    {
        // A deep text is the same each time and comes from the prefix cache; its last token differs.
        if (!_depths.TryGetValue(job.Depth, out int[]? before)) _depths.Add(job.Depth, before = Ids(job.Depth));
        long start = Stopwatch.GetTimestamp();
        List<double>[] answers = await Task.WhenAll(Enumerable.Range(0, job.Sequences).Select(i =>
            WriteAsync([.. before, .. Ids(1)], job.Tokens + 1, adapters.Count > 0 ? [new AdapterUse(adapters[i % adapters.Count])] : [], start, cancel)));
        double begun = answers.Max(answer => answer[0]), end = answers.Min(answer => answer[^1]);
        if (begun >= end) (begun, end) = (answers.Min(answer => answer[0]), answers.Max(answer => answer[^1])); // a model so small that one ended before another began
        return answers.Sum(answer => answer.Count(time => time > begun && time <= end)) / (end - begun);
    }

    /// <summary>Seconds from <paramref name="start"/> at which each token came.</summary>
    async Task<List<double>> WriteAsync(int[] prompt, int tokens, IReadOnlyList<AdapterUse> adapters, long start, CancellationToken cancel)
    {
        var request = new GenerationRequest { PromptIds = prompt, MaxTokens = tokens, Adapters = adapters, Sampling = SamplingOptions.Greedy, Stop = new StopOptions { IgnoreEos = true } };
        var times = new List<double>(tokens);
        await foreach (GeneratedToken token in engine.Submit(request).ReadAsync(cancel))
        {
            if (token.Id is not null) times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return times;
    }

    int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(engine.Model.Description.Vocabulary))];
}
