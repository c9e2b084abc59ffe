using Juxta.Engine;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights.Packed;

namespace Juxta.Cli.Bench;

/// <summary><c>bench --on-request</c>: one measurement for each line of stdin, so that two programs can take turns.</summary>
internal static class BenchRequests
{
    const int LongestDepth = 4096, MostSequences = 16;

    public static async Task AnswerAsync(string folder, BackendChoice? backend, WeightStorage? storage, CacheStorage? cache, int threads, CancellationToken cancel)
    {
        using LanguageModel model = LanguageModel.Open(folder, threads, backend: backend, weights: storage, cache: cache, packed: PackedFolder.None);
        int room = Math.Min(model.Description.ContextLength, LongestDepth) * 4;
        await using var engine = new InferenceEngine(model, new EngineOptions { Threads = threads, MaxSequences = MostSequences, CacheTokens = room });
        var measurement = new Measurement(engine);
        JsonLines.Write(new { ready = true });
        while (await Console.In.ReadLineAsync(cancel) is { } line)
        {
            BenchJob job = BenchJob.Parse(line);
            if (job.Sequences > MostSequences || job.CacheTokens > room)
                throw new InputException($"bench --on-request: '{line}' is more than the {MostSequences} sequences or {room} tokens kept for it");
            double memory = MemoryReading.GigabytesPerSecond(threads), speed = await measurement.SpeedAsync(job, cancel);
            JsonLines.Write(new
            {
                what = job.What,
                tokens_per_second = speed,
                memory_gigabytes_per_second = memory,
                share_of_memory = speed / job.Sequences * measurement.StepBytes(job) / 1e9 / memory,
            });
        }
    }
}
