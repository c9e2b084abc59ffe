using System.Diagnostics;
using Juxta.Engine;
using Juxta.Engine.Weights.Packed;

namespace Juxta.Cli.Bench.Targets;

/// <summary>
/// How long opening a checkpoint takes, the first time and again, beside reading its packed file into memory that nothing lay in before: as the files lie in the
/// system's cache, so the disk is not measured.
/// </summary>
internal static class LoadTime
{
    const double Cold = 3, Again = 1.3;

    public static async Task<IReadOnlyList<Target>> MeasureAsync(string folder, WeightStorage? storage, int threads, int runs)
    {
        using var temporary = new TemporaryFolder("juxta-bench-");
        var packed = new PackedFolder(temporary.Path) { SmallestBytes = 0, Settling = TimeSpan.Zero };
        using (LanguageModel first = LanguageModel.Open(folder, threads, weights: storage, packed: packed)) await first.Keeping;
        if (packed.List() is not [{ } file]) return []; // a system that does not say when a file last changed
        Turns cold = await TakeAsync(PackedFolder.None), again = await TakeAsync(packed);
        return
        [
            Row("load_cold", "opening a checkpoint for the first time / reading its packed file", cold, Cold),
            Row("load_again", "opening it again / reading its packed file", again, Again),
        ];

        Task<Turns> TakeAsync(PackedFolder from) => Turns.TakeAsync(runs, threads, () => Task.FromResult(OpenSeconds(folder, storage, threads, from)), () => Task.FromResult(FileReading.Seconds(file.File)));

        Target Row(string name, string title, Turns turns, double bound) =>
            new(name, title, turns.Ratio, bound, AtMost: true, $"{turns.A:0.00} s, {turns.B:0.00} s for {file.Bytes / 1e6:N0} MB", turns.MemoryGigabytesPerSecond);
    }

    static double OpenSeconds(string folder, WeightStorage? storage, int threads, PackedFolder packed)
    {
        long start = Stopwatch.GetTimestamp();
        using LanguageModel model = LanguageModel.Open(folder, threads, weights: storage, packed: packed);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
