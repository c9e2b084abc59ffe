using System.Diagnostics;
using Juxta.Engine;
using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;

namespace Juxta.KernelBench;

/// <summary>
/// Attention alone, over 256 tokens that the processor's caches hold, in each type of cache by turns; one thread. Calls are so short that what else runs on the machine
/// misses most of them: the fastest quarter is told.
/// </summary>
static unsafe class CacheTurns
{
    const int Heads = 14, KvHeads = 2, HeadDim = 64, Depth = 256;

    public static void Run()
    {
        Console.WriteLine($"attention, {Heads} heads over {KvHeads} of {HeadDim} channels, one thread, {Depth} tokens: new tokens, cache | time (of f32)");
        using var pool = new WorkerPool(1);
        foreach (int tokens in (int[])[1, 2, 48])
        {
            KvCache[] caches = [.. CacheStorage.All.Select(storage => Filled(storage.Format))];
            using AlignedBuffer queries = new(tokens * Heads * HeadDim * sizeof(float)), output = new(queries.Bytes);
            var random = new Random(2);
            for (int i = 0; i < tokens * Heads * HeadDim; i++) ((float*)queries.Pointer)[i] = random.NextSingle() - 0.5f;
            Matrix q = new((float*)queries.Pointer, tokens, Heads * HeadDim), y = new((float*)output.Pointer, tokens, Heads * HeadDim);
            TokenRun[] runs = [new(0, tokens, Depth - tokens, [.. Enumerable.Range(0, Depth / 32)], 0)];
            var times = new double[caches.Length, tokens > 2 ? 1000 : 5000];
            for (int turn = 0; turn < times.GetLength(1); turn++)
            {
                for (int i = 0; i < caches.Length; i++)
                {
                    Attention.Run(pool, caches[i], 0, runs, q, y, Heads, 0.125f); // brings this cache near
                    long start = Stopwatch.GetTimestamp();
                    Attention.Run(pool, caches[i], 0, runs, q, y, Heads, 0.125f);
                    times[i, turn] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                }
            }
            double[] fastest = [.. Enumerable.Range(0, caches.Length).Select(i => Enumerable.Range(0, times.GetLength(1)).Select(turn => times[i, turn]).Order().ElementAt(times.GetLength(1) / 4))];
            for (int i = 0; i < caches.Length; i++) Console.WriteLine($"  {tokens,3} {caches[i].Format,-4} | {fastest[i],7:F1} us ({fastest[i] / fastest[0]:F2})");
            foreach (KvCache cache in caches) cache.Dispose();
        }
    }

    static KvCache Filled(CacheFormat format)
    {
        var cache = new KvCache(1, KvHeads, HeadDim, Depth / 32, format);
        var random = new Random(1);
        float[] row = new float[KvHeads * HeadDim];
        for (int token = 0; token < Depth; token++)
        {
            for (int i = 0; i < row.Length; i++) row[i] = random.NextSingle() - 0.5f;
            cache.Write(0, token / 32, token % 32, row, row);
        }
        return cache;
    }
}
