using System.Diagnostics;
using Juxta.Engine;
using Juxta.Engine.Generation;

namespace Juxta.EngineBench;

/// <summary>One kind of step over and over, for a profiler to look at: answers of so many sequences, each with an adapter if one is given, or prompts.</summary>
static class Steady
{
    public static async Task RunAsync(string folder, WeightStorage? weights, int threads, int depth, int chats, bool prompts, string? adapter, double seconds)
    {
        using LanguageModel model = LanguageModel.Open(folder, threads, weights: weights);
        await using var engine = new InferenceEngine(model, new EngineOptions { Threads = threads, CacheTokens = (chats + 1) * (depth + 1100), MaxSequences = chats, SharePrefixes = false });
        if (adapter is not null) await engine.LoadAdapterAsync(adapter, "a");
        long start = Stopwatch.GetTimestamp();
        int tokens = 0, round = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            int answer = prompts ? 1 : 1000;
            AdapterUse[] used = adapter is null ? [] : [new AdapterUse("a")];
            await Task.WhenAll(Enumerable.Range(0, chats).Select(chat => engine.Ask(Asking.Ids(model, Math.Max(1, depth), (100 * round) + chat), answer, used).TimesAsync()));
            tokens += chats * (prompts ? depth : answer);
            round++;
        }
        Console.WriteLine($"{tokens / Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} tokens/s");
    }
}
