using System.Diagnostics;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Sampling;

namespace Juxta.Cli.Bench.Targets;

/// <summary>What drawing a token takes of a decode step: from the model's own logits, which flat ones of random weights make hardest for top-p alone.</summary>
internal static class SamplingShare
{
    const double Bound = 0.03;
    const int Draws = 100;

    public static async Task<IReadOnlyList<Target>> MeasureAsync(InferenceEngine engine, int tokens, int threads, int runs, CancellationToken cancel)
    {
        var random = new Random(3);
        int vocabulary = engine.Model.Description.Vocabulary;
        LogitsResult all = await engine.LogitsAsync([.. Enumerable.Range(0, 8).Select(_ => random.Next(vocabulary))], [], cancel);
        float[] logits = all.Values[^vocabulary..];
        var measurement = new Measurement(engine);
        var step = new BenchJob("decode", tokens);
        return
        [
            await ShareAsync("sampling", "top-k 50, top-p 0.9 and min-p 0.05", new SamplingOptions { TopK = 50, TopP = 0.9f, MinP = 0.05f }),
            await ShareAsync("sampling_top_p", "top-p 0.9 alone", new SamplingOptions { TopP = 0.9f }),
        ];

        async Task<Target> ShareAsync(string name, string what, SamplingOptions options)
        {
            var sampler = new Sampler();
            Turns turns = await Turns.TakeAsync(runs, threads, () => Task.FromResult(DrawSeconds(sampler, logits, options)), async () => 1 / await measurement.SpeedAsync(step, cancel));
            return new Target(name, $"drawing with {what} over {vocabulary:N0} ids / a decode step", turns.Ratio, Bound, AtMost: true, $"{1e6 * turns.A:0} µs a draw, {1e3 * turns.B:0.0} ms a step", turns.MemoryGigabytesPerSecond);
        }
    }

    static double DrawSeconds(Sampler sampler, float[] logits, SamplingOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        for (int position = 0; position < Draws; position++) sampler.Draw(logits, options, seed: 1, position);
        return Stopwatch.GetElapsedTime(start).TotalSeconds / Draws;
    }
}
