using Juxta.Engine;

namespace Juxta.Cli.Bench.Targets;

/// <summary>What adapters cost: one beside its base, and two models side by side (two adapters over one base in one batch) beside one answer alone.</summary>
internal static class AdapterCost
{
    const double OneAdapter = 1.08, TwoAnswers = 1.25;

    public static async Task<IReadOnlyList<Target>> MeasureAsync(InferenceEngine engine, int tokens, int threads, int runs, CancellationToken cancel)
    {
        using (var temporary = new TemporaryFolder("juxta-bench-"))
        {
            foreach ((string name, int seed) in new[] { ("a", 1), ("b", 2) })
            {
                string folder = Path.Combine(temporary.Path, name);
                RandomAdapter.Write(folder, engine.Model, seed);
                await engine.LoadAdapterAsync(folder, name, cancel: cancel);
            }
        }

        var measurement = new Measurement(engine);
        Turns one = await Turns.TakeAsync(runs, threads, () => StepAsync(1, "a"), () => StepAsync(1));
        Turns two = await Turns.TakeAsync(runs, threads, () => StepAsync(2, "a", "b"), () => StepAsync(1, "a"));
        engine.UnloadAdapter("a");
        engine.UnloadAdapter("b");
        return
        [
            new("side_by_side", "A and B side by side / one answer alone", two.Ratio, TwoAnswers, AtMost: true, Steps(two, "two answers with an adapter each", "one"), two.MemoryGigabytesPerSecond),
            new("adapter", $"LoRA r={RandomAdapter.Rank} on all linears / its base", one.Ratio, OneAdapter, AtMost: true, Steps(one, "with the adapter", "without"), one.MemoryGigabytesPerSecond),
        ];

        async Task<double> StepAsync(int sequences, params string[] adapters) =>
            sequences / await measurement.SpeedAsync(new BenchJob("decode", tokens, 0, sequences), cancel, adapters);
    }

    static string Steps(Turns turns, string a, string b) => $"{1e3 * turns.A:0.0} ms a step {a}, {1e3 * turns.B:0.0} ms {b}";
}
