using System.Diagnostics;
using System.Text;
using Juxta.Tests;

namespace Juxta.EngineTests.Tokenization;

/// <summary>
/// The sentencepiece program (Debian's package of that name), which trains models on our own text and says what they make of other text.
/// </summary>
static class SentencePieceProgram
{
    public static void Require() => Assert.SkipUnless(IsThere(), "the sentencepiece program is not here: apt-get install sentencepiece (./test does so where it may)");

    /// <summary>Trains a model on the golden corpus and returns its path.</summary>
    public static string Train(string folder, string name, params string[] options)
    {
        string prefix = Path.Combine(folder, name);
        string corpus = Path.Combine(Fixtures.Repository, "tests", "golden", "tokenizers", "corpus.txt");
        Run("spm_train", [$"--input={corpus}", $"--model_prefix={prefix}", "--num_threads=1", "--minloglevel=1", "--hard_vocab_limit=false", .. options], null);
        return prefix + ".model";
    }

    /// <summary>The ids of each line.</summary>
    public static int[][] Encode(string model, IEnumerable<string> lines) =>
        [.. Run("spm_encode", [$"--model={model}", "--output_format=id"], Join(lines))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray())];

    /// <summary>The text of each sequence of ids.</summary>
    public static string[] Decode(string model, IEnumerable<int[]> ids) => Run("spm_decode", [$"--model={model}", "--input_format=id"], Join(ids.Select(one => string.Join(' ', one))));

    static string Join(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    static string[] Run(string program, IEnumerable<string> arguments, string? input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        string text = output.GetAwaiter().GetResult();
        Assert.True(process.ExitCode == 0, $"{program} failed: {errors.GetAwaiter().GetResult()}");
        return text.Length == 0 ? [] : text[..^1].Split('\n');
    }

    static bool IsThere() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "spm_encode")));
}
