using System.Diagnostics;
using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Memory;

/// <summary>How fast this machine reads memory just now: the yardstick of a decode speed, since each token reads every weight once.</summary>
public static class MemoryReading
{
    const long Bytes = 256 << 20;

    /// <summary>Median of five passes over a buffer larger than the caches and kept as weights are, with as many threads as the model uses (0 = all).</summary>
    public static unsafe double GigabytesPerSecond(int threads)
    {
        int count = threads > 0 ? threads : Environment.ProcessorCount;
        using var buffer = new AlignedBuffer(Bytes);
        byte* start = buffer.Pointer;
        long share = Bytes / count / AlignedBuffer.Alignment * AlignedBuffer.Alignment;
        for (long i = 0; i < Bytes; i += 1 << 20) new Span<byte>(start + i, 1 << 20).Fill(1);
        var speeds = new List<double>();
        for (int pass = 0; pass < 6; pass++)
        {
            long begun = Stopwatch.GetTimestamp();
            Thread[] readers = [.. Enumerable.Range(1, count - 1).Select(i => new Thread(() => Sum(start + (i * share), share)))];
            foreach (Thread reader in readers) reader.Start();
            Sum(start, share);
            foreach (Thread reader in readers) reader.Join();
            if (pass > 0) speeds.Add(share * count / 1e9 / Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }
        speeds.Sort();
        return speeds[speeds.Count / 2];
    }

    /// <summary>Reads 4 KB ahead of itself, as the kernels do: without that a reading comes out a quarter low.</summary>
    static unsafe ulong Sum(byte* memory, long bytes)
    {
        const int ahead = 4096;
        Vector<ulong> a = default, b = default, c = default, d = default;
        int width = Vector<byte>.Count;
        for (byte* end = memory + bytes - (4 * width); memory <= end; memory += 4 * width)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(memory + ahead);
                Sse.Prefetch0(memory + ahead + (2 * width));
            }
            a += Vector.Load((ulong*)memory);
            b += Vector.Load((ulong*)(memory + width));
            c += Vector.Load((ulong*)(memory + (2 * width)));
            d += Vector.Load((ulong*)(memory + (3 * width)));
        }
        return Vector.Sum(a + b + c + d);
    }
}
