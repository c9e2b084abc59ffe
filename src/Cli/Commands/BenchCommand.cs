using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Juxta.Cli.Bench;
using Juxta.Engine;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta bench</c>: load time, prompt and answer speed and memory of a checkpoint on this machine.</summary>
internal static class BenchCommand
{
    const int LongestRequest = 4096;

    public static Command Create()
    {
        var model = new Option<DirectoryInfo?>("--model", "-m") { Description = "Checkpoint folder to measure", HelpName = "DIR" };
        var makeRandom = new Option<string[]>("--make-random")
        {
            Description = $"Write a checkpoint of random weights and end; shapes: {string.Join(", ", RandomCheckpoint.Shapes.Keys)}",
            HelpName = "SHAPE DIR",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
        };
        var threads = new Option<int>("--threads") { Description = "Threads of a model step; 0 = all processors" };
        var backend = new BackendArguments();
        var promptTokens = new Option<int>("--prompt-tokens") { Description = "Length of the prompt", DefaultValueFactory = _ => 512 };
        var tokens = new Option<int>("--tokens") { Description = "Tokens generated per run", DefaultValueFactory = _ => 64 };
        var runs = new Option<int>("--runs") { Description = "Counted runs; medians are printed", DefaultValueFactory = _ => 5 };
        var onRequest = new Option<bool>("--on-request") { Description = "Measure when a line 'prefill TOKENS' or 'decode TOKENS' comes on stdin, one JSON line each: for taking turns with another program" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("bench", "Measure a checkpoint: load time, prefill and decode tokens/s, peak memory.")
        {
            model, makeRandom, threads, promptTokens, tokens, runs, onRequest, json,
        };
        backend.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(makeRandom) is [string shape, string folder])
            {
                RandomCheckpoint.Write(shape, folder);
                Console.Error.WriteLine($"wrote random {shape} weights to {folder}");
                return 0;
            }
            DirectoryInfo measured = parsed.GetValue(model) ?? throw new InputException("bench: give --model DIR, or --make-random SHAPE DIR");
            int threadCount = parsed.GetValue(threads) is > 0 and var given ? given : Environment.ProcessorCount;
            long start = Stopwatch.GetTimestamp();
            using LanguageModel opened = LanguageModel.Open(measured.FullName, threadCount, backend: backend.Read(parsed));
            double load = Stopwatch.GetElapsedTime(start).TotalSeconds;
            int longest = Math.Min(opened.Description.ContextLength, Math.Max(LongestRequest, parsed.GetValue(promptTokens) + parsed.GetValue(tokens) + 1));
            await using var engine = new InferenceEngine(opened, new EngineOptions { Threads = threadCount, MaxSequences = 1, CacheTokens = longest });
            var measurement = new Measurement(engine);
            if (parsed.GetValue(onRequest))
            {
                await AnswerRequestsAsync(measurement, threadCount, cancel);
                return 0;
            }
            BenchResult result = await MeasureAsync(opened, measurement, load, threadCount, parsed.GetValue(promptTokens), parsed.GetValue(tokens), parsed.GetValue(runs), cancel);
            if (parsed.GetValue(json)) JsonLines.Write(result);
            else Print(result);
            return 0;
        });
        return command;
    }

    static async Task<BenchResult> MeasureAsync(
        LanguageModel model, Measurement measurement, double load, int threads, int promptTokens, int tokens, int runs, CancellationToken cancel)
    {
        var prefill = new List<double>();
        var decode = new List<double>();
        await measurement.DecodeAsync(promptTokens, tokens, cancel); // warms up
        for (int run = 0; run < runs; run++)
        {
            prefill.Add(await measurement.PrefillAsync(promptTokens, cancel));
            decode.Add(await measurement.DecodeAsync(promptTokens, tokens, cancel));
        }
        using var process = Process.GetCurrentProcess();
        double peak = process.PeakWorkingSet64 / 1e6; // before the memory reading takes memory of its own
        return new BenchResult(
            model.Folder, model.Description, threads, promptTokens, tokens, runs, load, Measurement.Median(prefill), Measurement.Median(decode),
            MemoryReading.GigabytesPerSecond(threads), peak);
    }

    static async Task AnswerRequestsAsync(Measurement measurement, int threads, CancellationToken cancel)
    {
        JsonLines.Write(new { ready = true });
        while (await Console.In.ReadLineAsync(cancel) is { } line)
        {
            if (line.Split(' ') is not [("prefill" or "decode") and var what, var count] || !int.TryParse(count, CultureInfo.InvariantCulture, out int tokens) || tokens < 1)
                throw new InputException($"bench --on-request: '{line}' is no request; expected 'prefill TOKENS' or 'decode TOKENS'");
            double memory = MemoryReading.GigabytesPerSecond(threads);
            double speed = what == "prefill" ? await measurement.PrefillAsync(tokens, cancel) : await measurement.DecodeAsync(1, tokens, cancel);
            JsonLines.Write(new { what, tokens_per_second = speed, memory_gigabytes_per_second = memory });
        }
    }

    static void Print(BenchResult r)
    {
        var table = new Table().AddColumns("what", "value");
        table.AddRow("model", Markup.Escape($"{r.Model.Family}, {r.Model.Parameters / 1e6:N0} M parameters, {r.Model.WeightType}"));
        table.AddRow("threads", $"{r.Threads}");
        table.AddRow("load", $"{r.LoadSeconds:0.00} s");
        table.AddRow($"prefill, {r.PromptTokens} tokens", $"{r.PrefillTokensPerSecond:0.0} tokens/s");
        table.AddRow($"decode after {r.PromptTokens}, {r.Tokens} tokens", $"{r.DecodeTokensPerSecond:0.0} tokens/s");
        table.AddRow("memory reading", $"{r.MemoryGigabytesPerSecond:0.0} GB/s");
        table.AddRow("peak memory", $"{r.PeakMegabytes:N0} MB");
        AnsiConsole.Write(table);
    }

    sealed record BenchResult(
        string Folder, ModelDescription Model, int Threads, int PromptTokens, int Tokens, int Runs, double LoadSeconds, double PrefillTokensPerSecond,
        double DecodeTokensPerSecond, double MemoryGigabytesPerSecond, double PeakMegabytes);
}
