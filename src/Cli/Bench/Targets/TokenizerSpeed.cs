using System.Diagnostics;
using System.Text;
using Juxta.Engine.Tokenization;

namespace Juxta.Cli.Bench.Targets;

/// <summary>Megabytes of UTF-8 that one core encodes a second. Every run has a tokenizer that has seen no text yet, so no word is remembered from the run before.</summary>
internal static class TokenizerSpeed
{
    const double Bound = 10;

    /// <param name="folder">Holds the tokenizer.</param>
    /// <param name="file">Text to encode; null = what the eval sets that come with Juxta say.</param>
    public static Target Measure(string folder, string? file, int runs)
    {
        string text = file is null ? ShippedText.Of("single-turn", "multi-turn", "style-rewriting", "tool-observation") : ReadText(file);
        double megabytes = Encoding.UTF8.GetByteCount(text) / 1e6;
        var speeds = new List<double>();
        int ids = 0;
        for (int run = -1; run < runs; run++) // one to warm up
        {
            Tokenizer tokenizer = Tokenizer.Load(folder);
            long start = Stopwatch.GetTimestamp();
            ids = tokenizer.Encode(text).Length;
            if (run >= 0) speeds.Add(megabytes / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return new Target("tokenizer", "encoding mixed text, MB/s on one core", Measurement.Median(speeds), Bound, AtMost: false, $"{megabytes:0.00} MB of {(file is null ? "the shipped eval sets" : file)}, {ids:N0} tokens, tokenizer of {folder}");
    }

    static string ReadText(string file) => File.Exists(file) ? File.ReadAllText(file) : throw new InputException($"--text {file}: no such file");
}
