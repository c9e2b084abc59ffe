using System.Diagnostics;

namespace Juxta.KernelBench;

/// <summary>Medians of short windows: the machine may be shared, and its memory is not always equally fast.</summary>
static class Measure
{
    public static int Windows { get; set; } = 15;

    /// <summary>Median seconds of one call; each window repeats the call for about ten milliseconds.</summary>
    public static double Seconds(Action action)
    {
        action();
        long start = Stopwatch.GetTimestamp();
        action();
        double once = Stopwatch.GetElapsedTime(start).TotalSeconds;
        int repeats = (int)Math.Clamp(0.01 / once, 1, 100_000);
        var seconds = new double[Windows];
        for (int window = 0; window < seconds.Length; window++)
        {
            // As long a pause as the window, for whoever else is on the machine; then one call to wake the pool.
            Thread.Sleep(10);
            action();
            start = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeats; i++) action();
            seconds[window] = Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
        }
        Array.Sort(seconds);
        return seconds[seconds.Length / 2];
    }
}
