using System.Diagnostics;
using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Cli.Bench;

/// <summary>How fast this machine reads memory just now: the yardstick of a decode speed, since each token reads every weight once.</summary>
internal static class MemoryReading
{
    const int Bytes = 256 << 20;

    /// <summary>Median of five passes over a buffer larger than the caches, with as many threads as the model uses (0 = all).</summary>
    public static double GigabytesPerSecond(int threads)
    {
        int count = threads > 0 ? threads : Environment.ProcessorCount;
        float[][] buffers = [.. Enumerable.Range(0, count).Select(_ => new float[Bytes / sizeof(float) / count])];
        foreach (float[] buffer in buffers) Array.Fill(buffer, 1f);
        var speeds = new List<double>();
        for (int pass = 0; pass < 6; pass++)
        {
            long start = Stopwatch.GetTimestamp();
            Thread[] readers = [.. buffers.Skip(1).Select(buffer => new Thread(() => Sum(buffer)))];
            foreach (Thread reader in readers) reader.Start();
            Sum(buffers[0]);
            foreach (Thread reader in readers) reader.Join();
            if (pass > 0) speeds.Add((long)buffers[0].Length * sizeof(float) * count / 1e9 / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        speeds.Sort();
        return speeds[speeds.Count / 2];
    }

    /// <summary>Reads 4 KB ahead of itself, as the kernels do: without that a reading comes out a quarter low.</summary>
    static unsafe float Sum(float[] buffer)
    {
        const int ahead = 4096 / sizeof(float);
        Vector<float> a = default, b = default, c = default, d = default;
        int width = Vector<float>.Count;
        fixed (float* start = buffer)
        for (int i = 0; i <= buffer.Length - (4 * width); i += 4 * width)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(start + i + ahead);
                Sse.Prefetch0(start + i + ahead + (2 * width));
            }
            a += new Vector<float>(buffer, i);
            b += new Vector<float>(buffer, i + width);
            c += new Vector<float>(buffer, i + (2 * width));
            d += new Vector<float>(buffer, i + (3 * width));
        }
        return Vector.Sum(a + b + c + d);
    }
}
