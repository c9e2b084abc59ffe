using Juxta.Engine;

namespace Juxta.EngineBench;

/// <summary>
/// One answer behind a long text, with the cache in each type by turns. Besides medians of turns the fastest turn: what a machine that others use, too, gives in its
/// quiet moments.
/// </summary>
static class CacheTurns
{
    public static async Task RunAsync(string folder, WeightStorage? weights, int threads, int depth, int tokens, int rounds)
    {
        List<(LanguageModel Model, InferenceEngine Engine, List<double> Decode, List<double> Prefill)> sides = [];
        foreach (CacheStorage cache in CacheStorage.All)
        {
            LanguageModel model = LanguageModel.Open(folder, threads, weights: weights, cache: cache);
            sides.Add((model, new InferenceEngine(model, new EngineOptions { Threads = threads, CacheTokens = (2 * depth) + 1024, MaxSequences = 1 }), [], []));
        }
        for (int round = -1; round < rounds; round++) // one to warm up
        {
            foreach ((LanguageModel model, InferenceEngine engine, List<double> decode, List<double> prefill) in sides)
            {
                // Never below 0: Random leaves the sign out, and a prompt that it was warmed up with is not computed again.
                double[] times = await engine.Ask(Asking.Ids(model, depth, seed: round + 1), tokens + 1).TimesAsync();
                if (round < 0) continue;
                prefill.Add(depth / times[0]);
                decode.Add(tokens / (times[^1] - times[0]));
            }
        }
        Console.WriteLine($"{depth} tokens, then {tokens}; {threads} threads, weights {weights?.Name ?? "as stored"}, medians of {rounds} turns");
        Console.WriteLine("| cache | kB a token | decode, tokens/s | of f32 | fastest | of f32 | prefill, tokens/s | of f32 | fastest | of f32 |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach ((LanguageModel model, _, List<double> decode, List<double> prefill) in sides)
        {
            double Of(List<double> own, List<double> first) => own.Zip(first, (a, b) => a / b).Median();
            Console.WriteLine(
                $"| {model.Cache} | {model.CacheTokenBytes / 1e3:0.0} | {decode.Median():0.00} | {Of(decode, sides[0].Decode):0.000} | {decode.Max():0.00} | {decode.Max() / sides[0].Decode.Max():0.000} " +
                $"| {prefill.Median():0.0} | {Of(prefill, sides[0].Prefill):0.000} | {prefill.Max():0.0} | {prefill.Max() / sides[0].Prefill.Max():0.000} |");
        }
        foreach ((LanguageModel model, InferenceEngine engine, _, _) in sides)
        {
            await engine.DisposeAsync();
            model.Dispose();
        }
    }
}
