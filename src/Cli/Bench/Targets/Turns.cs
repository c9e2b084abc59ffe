using Juxta.Engine.Memory;

namespace Juxta.Cli.Bench.Targets;

/// <summary>Two measurements taken in turn, A B A B …, since a machine that others use is now fast and now slow: what counts is the median of the pairs' ratios.</summary>
/// <param name="A">Median of the first.</param>
/// <param name="B">Median of the second.</param>
/// <param name="Ratio">Median of A / B of each pair.</param>
/// <param name="MemoryGigabytesPerSecond">Median of the readings, one a pair.</param>
internal sealed record Turns(double A, double B, double Ratio, double MemoryGigabytesPerSecond)
{
    /// <param name="runs">Counted pairs; one more goes before them to warm up.</param>
    public static async Task<Turns> TakeAsync(int runs, int threads, Func<Task<double>> a, Func<Task<double>> b)
    {
        var pairs = new List<(double A, double B, double Memory)>();
        for (int run = -1; run < runs; run++)
        {
            double memory = MemoryReading.GigabytesPerSecond(threads), first = await a(), second = await b();
            if (run >= 0) pairs.Add((first, second, memory));
        }
        return new Turns(
            Measurement.Median(pairs.Select(pair => pair.A)), Measurement.Median(pairs.Select(pair => pair.B)), Measurement.Median(pairs.Select(pair => pair.A / pair.B)),
            Measurement.Median(pairs.Select(pair => pair.Memory)));
    }
}
