using System.Diagnostics;
using Juxta.Engine;
using Juxta.Engine.Generation;

namespace Juxta.EngineBench;

/// <summary>One kind of step over and over, for a profiler to look at: answers of so many sequences, each with an adapter if one is given, or prompts.</summary>
static class Steady
{
    public static async Task RunAsync(string folder, WeightStorage? weights, int threads, int depth, int tokens, int chats, bool prompts, string? adapter, int cache, double seconds)
    {
        using LanguageModel model = LanguageModel.Open(folder, threads, weights: weights);
        await using var engine = new InferenceEngine(model, new EngineOptions { Threads = threads, CacheTokens = cache > 0 ? cache : (chats + 1) * (depth + tokens + 64), MaxSequences = chats, SharePrefixes = false });
        if (adapter is not null) await engine.LoadAdapterAsync(adapter, "a");
        long start = Stopwatch.GetTimestamp();
        int made = 0, round = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            int answer = prompts ? 1 : tokens;
            AdapterUse[] used = adapter is null ? [] : [new AdapterUse("a")];
            await Task.WhenAll(Enumerable.Range(0, chats).Select(chat => engine.Ask(Asking.Ids(model, Math.Max(1, depth), (100 * round) + chat), answer, used).TimesAsync()));
            made += chats * (prompts ? depth : answer);
            round++;
        }
        Console.WriteLine($"{made / Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} tokens/s; largest memory so far {Memory("VmHWM")}, of it now not of files {Memory("RssAnon")}");
    }

    /// <summary>A line of what Linux says of the process.</summary>
    static string Memory(string name) => File.Exists("/proc/self/status")
        ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[(name.Length + 1)..].Trim() ?? "unknown"
        : "unknown";
}
