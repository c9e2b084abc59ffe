using System.Text;
using Juxta.Engine.Tokenization;

namespace Juxta.Cli.Bench.Targets;

/// <summary>
/// Megabytes of UTF-8 that one core encodes a second. Every run has a tokenizer that has seen no text yet, so no word is remembered from the run before; the detail says how fast the same text is
/// the second time. Time is the process's own on the processors (the compiler's and the collector's with it), which other programs' work does not lengthen as it does time on the clock.
/// </summary>
internal static class TokenizerSpeed
{
    const double Bound = 10;

    /// <summary>What the runtime takes, encoding, to have compiled for good whatever takes part.</summary>
    const double WarmUpSeconds = 0.5;

    /// <param name="folder">Holds the tokenizer.</param>
    /// <param name="file">Text to encode; null = what the eval sets that come with Juxta say.</param>
    public static Target Measure(string folder, string? file, int runs)
    {
        string text = file is null ? ShippedText.Of("single-turn", "multi-turn", "style-rewriting", "tool-observation") : ReadText(file);
        double megabytes = Encoding.UTF8.GetByteCount(text) / 1e6;
        var first = new List<double>();
        var again = new List<double>();
        int ids = 0;
        for (int run = -1; run < runs; run++)
        {
            Tokenizer tokenizer = Tokenizer.Load(folder);
            for (double spent = 0; run < 0 && spent < WarmUpSeconds;) spent += Seconds(() => tokenizer.Encode(text));
            if (run < 0) continue;
            GC.Collect(); // what loading left is not encoding's
            first.Add(megabytes / Seconds(() => ids = tokenizer.Encode(text).Length));
            again.Add(megabytes / Seconds(() => tokenizer.Encode(text)));
        }
        string detail = $"{megabytes:0.00} MB of {(file is null ? "the shipped eval sets" : file)}, {ids:N0} tokens, {Measurement.Median(again):0.0} MB/s the second time, tokenizer of {folder}";
        return new Target("tokenizer", "encoding mixed text, MB/s on one core", Measurement.Median(first), Bound, AtMost: false, detail);
    }

    static double Seconds(Action work)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        work();
        return Math.Max(1e-6, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    static string ReadText(string file) => File.Exists(file) ? File.ReadAllText(file) : throw new InputException($"--text {file}: no such file");
}
