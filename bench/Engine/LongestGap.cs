using Juxta.Engine;
using Juxta.Engine.Generation;

namespace Juxta.EngineBench;

/// <summary>Chats that are being answered while a long prompt arrives: the longest time between two tokens of a chat, and what the newcomer waits for.</summary>
static class LongestGap
{
    const int Question = 40, Before = 12, After = 12;

    public static async Task RunAsync(string folder, WeightStorage? weights, int threads, int chats, int length, int[] shares, int rounds)
    {
        using LanguageModel model = LanguageModel.Open(folder, threads, weights: weights);
        int usual = new EngineOptions().PromptTokens;
        if (shares.Length == 0) shares = [.. new[] { usual, 32, 128, new EngineOptions().StepTokens }.Distinct()];
        var gaps = shares.ToDictionary(share => share, _ => new List<double>());
        var firsts = shares.ToDictionary(share => share, _ => new List<double>());
        var usualGaps = new List<double>();
        for (int round = -1; round < rounds; round++) // one to warm up
        {
            foreach (int share in shares)
            {
                (double gap, double first, double quiet) = await OnceAsync(model, threads, chats, length, share, round);
                if (round < 0) continue;
                gaps[share].Add(gap);
                firsts[share].Add(first);
                usualGaps.Add(quiet);
            }
        }
        Console.WriteLine($"{chats} chats, then a prompt of {length} tokens; {threads} threads, weights {weights?.Name ?? "as stored"}, medians of {rounds} rounds");
        Console.WriteLine($"between two tokens before it arrives: {usualGaps.Median() * 1e3:0} ms");
        Console.WriteLine("| prompt tokens of a step | longest gap | first token of the newcomer |");
        Console.WriteLine("|--:|--:|--:|");
        foreach (int share in shares) Console.WriteLine($"| {share}{(share == usual ? " (usual)" : "")} | {gaps[share].Median() * 1e3:0} ms | {firsts[share].Median():0.0} s |");
    }

    static async Task<(double Gap, double First, double Quiet)> OnceAsync(LanguageModel model, int threads, int chats, int length, int share, int seed)
    {
        var options = new EngineOptions { Threads = threads, CacheTokens = (2 * length) + (chats * 2048), PromptTokens = share, SharePrefixes = false };
        await using var engine = new InferenceEngine(model, options);
        RunningGeneration[] running = [.. Enumerable.Range(0, chats).Select(chat => engine.Ask(Asking.Ids(model, Question, (1000 * seed) + chat), 1024))];
        while (running.Any(generation => generation.CompletionTokens < Before)) await Task.Delay(5);
        int[] made = [.. running.Select(generation => generation.CompletionTokens)];
        double first = (await engine.Ask(Asking.Ids(model, length, seed), 1).TimesAsync())[0];
        while (running.Zip(made).Any(pair => pair.First.CompletionTokens < pair.Second + After)) await Task.Delay(5);
        foreach (RunningGeneration generation in running) generation.Cancel();
        double[][] times = await Task.WhenAll(running.Select(generation => generation.TimesAsync()));
        IEnumerable<double> Gaps(double[] chat, int from, int to) => Enumerable.Range(from, to - from).Select(i => chat[i] - chat[i - 1]);
        double quiet = times.Zip(made).SelectMany(pair => Gaps(pair.First, Before / 2, pair.Second)).Median();
        return (times.Zip(made).Max(pair => Gaps(pair.First, pair.Second, pair.First.Length).Max()), first, quiet);
    }
}
