using System.CommandLine;
using System.Diagnostics;
using Juxta.Cli.Bench;
using Juxta.Cli.Bench.Targets;
using Juxta.Engine;
using Juxta.Engine.Tokenization;
using Juxta.Engine.Weights.Packed;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta bench</c>: what a checkpoint costs on this machine, in each storage of its weights, against what the machine's memory gives.</summary>
internal static class BenchCommand
{
    const string Teaching = """
        Measure a checkpoint: load time, decode and prefill speed, memory; and what rounding its weights, or keys and values, changes.

        A decode step reads every weight once, whatever it computes, so its bound is the memory: the table shows what a step reads, what the memory gave in the same
        window, and the share used. Answers written together share one reading. Prefill reads the weights once for many tokens, so its bound is arithmetic.
        Other work on the machine lowers speed and reading alike; compare shares, and take turns (bench/peers) to compare programs.
          juxta bench --shape qwen2.5-0.5b --weights bf16 --weights q8_0 --weights q4_0
          juxta bench --model DIR --weights q4_0 --quality
          juxta bench --model DIR --cache q8_0 --quality

        --targets measures what Juxta means to keep on every machine, two sides in turn, and says which targets are met: two models side by side beside one answer,
        an adapter beside its base, the second turn of a conversation beside the first, opening beside reading the files, drawing a token, encoding a text.
          juxta bench --model DIR --weights q4_0 --targets
          juxta bench --model DIR --weights q4_0 --targets --only adapters
        """;

    public static Command Create()
    {
        var model = new Option<DirectoryInfo?>("--model", "-m") { Description = "Checkpoint folder to measure", HelpName = "DIR" };
        var shape = new Option<string?>("--shape") { Description = $"Measure random weights in a published model's shape (written to a temporary folder): {string.Join(", ", RandomCheckpoint.Shapes.Keys)}", HelpName = "SHAPE" };
        var makeRandom = new Option<string[]>("--make-random")
        {
            Description = "Write a checkpoint of random weights and end",
            HelpName = "SHAPE DIR",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
        };
        var weights = new Option<string[]>("--weights") { Description = $"Storage to measure, as elsewhere ({string.Join(", ", WeightStorage.All)}); may be given several times. By default as the files store them", HelpName = string.Join('|', WeightStorage.All) };
        var threads = new Option<int>("--threads") { Description = "Threads of a model step; 0 = all processors" };
        var cache = new CacheArgument();
        var backend = new BackendArguments();
        var depth = new Option<int>("--depth") { Description = "Length of the long prompt, and tokens before a deep answer", DefaultValueFactory = _ => 2048 };
        var tokens = new Option<int>("--tokens") { Description = "Tokens of each answer", DefaultValueFactory = _ => 32 };
        var runs = new Option<int>("--runs") { Description = "Counted rounds; medians are printed", DefaultValueFactory = _ => 3 };
        var quality = new Option<bool>("--quality") { Description = "With --weights or --cache: also compare predictions with those of the weights as stored and keys and values in f32: KL divergence, loss" };
        var targets = new Option<bool>("--targets") { Description = "Measure ratios that are to hold on every machine, each beside its target, instead of speeds" };
        var only = new Option<string[]>("--only") { Description = $"Of --targets measure these: {string.Join(", ", TargetTable.Groups)}", AllowMultipleArgumentsPerToken = true, HelpName = "GROUP" };
        var tokenizer = new Option<DirectoryInfo?>("--tokenizer") { Description = "Folder of the tokenizer that --targets measures; default: the model's own, if it has one", HelpName = "DIR" };
        var text = new Option<string?>("--text") { Description = "Text for --quality and for the tokenizer; by default that of the eval sets that come with Juxta", HelpName = "FILE" };
        var onRequest = new Option<bool>("--on-request") { Description = "Measure when a line 'prefill TOKENS' or 'decode TOKENS [DEPTH [SEQUENCES]]' comes on stdin, one JSON line each: for taking turns with another program" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("bench", Teaching) { model, shape, makeRandom, weights, threads, depth, tokens, runs, quality, targets, only, tokenizer, text, cache.Option, onRequest, json };
        backend.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(makeRandom) is [string made, string target])
            {
                RandomCheckpoint.Write(made, target, cancel);
                Console.Error.WriteLine($"wrote random {made} weights to {target}");
                return 0;
            }
            WeightStorage?[] storages = [.. (parsed.GetValue(weights) ?? []).Select(WeightsArgument.Parse)];
            if (storages.Length == 0) storages = [null];
            int threadCount = parsed.GetValue(threads) is > 0 and var given ? given : Environment.ProcessorCount;
            BenchJob[] jobs = BenchJob.Table(Positive(parsed, tokens), Positive(parsed, depth));
            using var folder = Folder(parsed.GetValue(model), parsed.GetValue(shape), cancel);
            if (parsed.GetValue(onRequest))
            {
                if (storages.Length > 1) throw new InputException("bench --on-request: measures one storage; give --weights once");
                await BenchRequests.AnswerAsync(folder.Path, backend.Read(parsed), storages[0], cache.Of(parsed), threadCount, cancel);
                return 0;
            }
            if (parsed.GetValue(targets))
            {
                if (backend.Read(parsed) is { } other) throw new InputException($"bench --targets: measures the engine's own kernels; leave --backend {other.Name} out");
                if (cache.Of(parsed) is { } kept) throw new InputException($"bench --targets: measures with keys and values in f32; leave --cache {kept} out");
                string[] groups = parsed.GetValue(only) is { Length: > 0 } named ? named : TargetTable.Groups;
                if (groups.FirstOrDefault(group => !TargetTable.Groups.Contains(group)) is { } unknown) throw new InputException($"bench --only {unknown}: expected some of {string.Join(", ", TargetTable.Groups)}");
                List<Target> rows = groups.Contains("tokenizer") ? [.. Encoding(parsed.GetValue(tokenizer), folder.Path, parsed.GetValue(text), Positive(parsed, runs))] : [];
                if (rows.Count > 0 && !parsed.GetValue(json)) TargetTable.Print(rows);
                foreach (WeightStorage? storage in storages)
                {
                    IReadOnlyList<Target> ofModel = await TargetTable.OfModelAsync(folder.Path, storage, groups, Positive(parsed, tokens), threadCount, Positive(parsed, runs), cancel);
                    if (ofModel.Count > 0 && !parsed.GetValue(json)) TargetTable.Print(ofModel);
                    rows.AddRange(ofModel);
                }
                if (parsed.GetValue(json)) JsonLines.Write(new { folder = parsed.GetValue(shape) is null ? folder.Path : null, shape = parsed.GetValue(shape), threads = threadCount, runs = parsed.GetValue(runs), targets = rows });
                return 0;
            }
            var tables = new List<BenchTable>();
            foreach (WeightStorage? storage in storages)
            {
                long start = Stopwatch.GetTimestamp();
                using LanguageModel opened = LanguageModel.Open(folder.Path, threadCount, backend: backend.Read(parsed), weights: storage, cache: cache.Of(parsed), packed: PackedFolder.None);
                double load = Stopwatch.GetElapsedTime(start).TotalSeconds;
                Quality? measured = null;
                if (parsed.GetValue(quality) && (storage is not null || cache.Of(parsed) is not null))
                {
                    using LanguageModel stored = LanguageModel.Open(folder.Path, threadCount, packed: PackedFolder.None);
                    measured = await Quality.MeasureAsync(stored, opened, parsed.GetValue(text), threadCount, cancel);
                }
                BenchJob[] fitting = [.. jobs.Where(job => job.Depth + job.Tokens < opened.Description.ContextLength)];
                tables.Add(await BenchTable.MeasureAsync(opened, load, fitting, threadCount, Positive(parsed, runs), measured, cancel));
                if (!parsed.GetValue(json)) Print(opened, threadCount, tables);
            }
            if (parsed.GetValue(json)) JsonLines.Write(new { folder = parsed.GetValue(shape) is null ? folder.Path : null, shape = parsed.GetValue(shape), threads = threadCount, runs = parsed.GetValue(runs), tables });
            return 0;
        });
        return command;
    }

    static int Positive(ParseResult parsed, Option<int> option) => parsed.GetValue(option) is > 0 and var value
        ? value
        : throw new InputException($"bench {option.Name} {parsed.GetValue(option)}: expected a number above 0");

    static BenchFolder Folder(DirectoryInfo? model, string? shape, CancellationToken cancel) => (model, shape) switch
    {
        (null, { } random) => BenchFolder.Random(random, cancel),
        ({ } given, null) => BenchFolder.Given(given.FullName),
        _ => throw new InputException("bench: give --model DIR, --shape SHAPE, or --make-random SHAPE DIR"),
    };

    /// <summary>Of the folder that was named, else of the model's own where it has one.</summary>
    static IReadOnlyList<Target> Encoding(DirectoryInfo? named, string model, string? text, int runs)
    {
        string folder = named?.FullName ?? model;
        if (Directory.Exists(folder) && TokenizerFile.In(folder) is not null) return [TokenizerSpeed.Measure(folder, text, runs)];
        return named is null ? [] : throw new InputException($"bench --tokenizer {folder}: no tokenizer there");
    }

    static void Print(LanguageModel model, int threads, List<BenchTable> tables)
    {
        if (tables.Count == 1) Terminal.WriteLine($"{model.Description.Family}, {model.Description.Parameters / 1e6:N0} M parameters stored as {model.Description.WeightType}, {threads} threads\n");
        tables[^1].Print();
    }
}
