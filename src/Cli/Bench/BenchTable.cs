using System.Diagnostics;
using Juxta.Engine;
using Juxta.Engine.Memory;

namespace Juxta.Cli.Bench;

/// <summary>A model measured under one storage of its weights.</summary>
/// <param name="Weights">How they were kept; the files' own type where nothing was asked for.</param>
/// <param name="Cache">How keys and values were.</param>
/// <param name="StepMegabytes">Weights that every step reads.</param>
/// <param name="PeakMegabytes">Largest memory of the process so far.</param>
/// <param name="Quality">Null = not asked for.</param>
internal sealed record BenchTable(string Weights, string Cache, double LoadSeconds, double StepMegabytes, double PeakMegabytes, IReadOnlyList<BenchRow> Rows, Quality? Quality)
{
    /// <summary>Runs every job in turn, again and again, each with a reading of the memory in the same window.</summary>
    public static async Task<BenchTable> MeasureAsync(
        LanguageModel model, double loadSeconds, IReadOnlyList<BenchJob> jobs, int threads, int runs, Quality? quality, CancellationToken cancel)
    {
        await using var engine = new InferenceEngine(model, new EngineOptions { Threads = threads, MaxSequences = jobs.Max(job => job.Sequences), CacheTokens = CacheTokens(jobs) });
        var measurement = new Measurement(engine);
        var speeds = jobs.ToDictionary(job => job, _ => new List<(double Speed, double Memory)>());
        for (int run = -1; run < runs; run++) // one to warm up
        {
            foreach (BenchJob job in jobs)
            {
                double memory = MemoryReading.GigabytesPerSecond(threads), speed = await measurement.SpeedAsync(job, cancel);
                if (run >= 0) speeds[job].Add((speed, memory));
            }
        }
        using var process = Process.GetCurrentProcess();
        return new BenchTable(
            model.Backend?.ToString() ?? model.Rounding?.Name ?? model.Description.WeightType, model.Cache.Name, loadSeconds, model.StepBytes / 1e6, process.PeakWorkingSet64 / 1e6,
            [.. jobs.Select(job => BenchRow.Of(job, speeds[job], measurement.StepBytes(job)))], quality);
    }

    /// <summary>Prefixes are kept for the next run, so there is room for all jobs.</summary>
    public static int CacheTokens(IEnumerable<BenchJob> jobs) => jobs.Sum(job => job.CacheTokens);

    public void Print()
    {
        Terminal.WriteLine($"weights as {Weights}, keys and values as {Cache}: loaded in {LoadSeconds:0.00} s, {StepMegabytes:N0} MB read by every step, peak memory {PeakMegabytes:N0} MB");
        var table = new DataTable("what", "tokens/s", "ms a step", "MB a step", "memory gives GB/s", "share of it");
        foreach (BenchRow row in Rows)
        {
            table.Add(
                row.Title, $"{row.TokensPerSecond:0.0}", row.MillisecondsPerStep is { } step ? $"{step:0.0}" : "", row.MegabytesPerStep is { } bytes ? $"{bytes:N0}" : "",
                $"{row.MemoryGigabytesPerSecond:0.0}", row.ShareOfMemory is { } share ? $"{share:0.00}" : "");
        }
        table.Write(Terminal.Out);
        if (Quality is { } q)
            Terminal.WriteLine($"quality over {q.Tokens} tokens of {q.Text}, against the weights as stored and a cache of f32: KL divergence {q.MeanKl:G2} nats a token (largest {q.LargestKl:G2}), same likeliest token {q.SameTop:P1}, loss {q.Loss:0.0000} against {q.StoredLoss:0.0000} ({q.Loss - q.StoredLoss:+0.0000;-0.0000;0.0000})");
        Terminal.WriteLine();
    }
}

/// <summary>Medians of one job.</summary>
/// <param name="Title">For people.</param>
/// <param name="MillisecondsPerStep">Of decode: one token of every answer. Null for prefill.</param>
/// <param name="MegabytesPerStep">Weights, keys and values that such a step reads. Null for prefill, which arithmetic bounds and not memory, and for other backends.</param>
/// <param name="MemoryGigabytesPerSecond">Readings of the same windows.</param>
/// <param name="ShareOfMemory">What the steps read a second, over the reading of their own window.</param>
internal sealed record BenchRow(
    string Job, string Title, int Tokens, int Depth, int Sequences, double TokensPerSecond, double? MillisecondsPerStep, double? MegabytesPerStep,
    double MemoryGigabytesPerSecond, double? ShareOfMemory)
{
    public static BenchRow Of(BenchJob job, IReadOnlyList<(double Speed, double Memory)> runs, double? stepBytes)
    {
        double speed = Measurement.Median(runs.Select(run => run.Speed)), memory = Measurement.Median(runs.Select(run => run.Memory));
        double? share = stepBytes is { } bytes ? Measurement.Median(runs.Select(run => run.Speed / job.Sequences * bytes / 1e9 / run.Memory)) : null;
        return new BenchRow(
            job.What, job.ToString(), job.Tokens, job.Depth, job.Sequences, speed, job.IsPrefill ? null : 1e3 * job.Sequences / speed, stepBytes / 1e6, memory, share);
    }
}
