using System.Diagnostics;

namespace Juxta.CliTests;

/// <summary>What commands leave behind that somebody ends with Ctrl-C, and their last line. Training, downloads and runs have tests of their own.</summary>
public sealed class InterruptionTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-interrupted").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string[] Temporary => [.. Directory.EnumerateFileSystemEntries(_folder, "juxta-bench-*")];

    [Fact]
    public async Task A_random_checkpoint_goes_with_the_measurement_that_wanted_it()
    {
        (Process bench, Task<string> error) = Start("bench", "--shape", "qwen2.5-0.5b");
        using (bench)
        {
            await UntilAsync(bench, () => Temporary is [{ } folder] && new FileInfo(Path.Combine(folder, "model.safetensors")) is { Exists: true, Length: > 0 });
            Interrupts.Send(bench);
            Assert.EndsWith("juxta: stopped before it was done\n", await error, StringComparison.Ordinal);
            Assert.Empty(Temporary);
        }
    }

    [Fact]
    public async Task Weights_that_were_to_be_made_are_whole_or_not_there()
    {
        string made = Path.Combine(_folder, "made");
        (Process bench, Task<string> error) = Start("bench", "--make-random", "qwen2.5-0.5b", made);
        using (bench)
        {
            await UntilAsync(bench, () => new FileInfo(Path.Combine(made, "model.safetensors")) is { Exists: true, Length: > 0 });
            Interrupts.Send(bench);
            Assert.EndsWith("juxta: stopped before it was done\n", await error, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(made));
        }
    }

    [Fact]
    public async Task What_only_computes_ends_at_once_and_says_that_it_was_stopped()
    {
        string answers = Path.Combine(_folder, "answers.txt");
        await File.WriteAllLinesAsync(answers, Enumerable.Range(0, 2000).Select(i => $"the cat sat on mat {i}"), TestContext.Current.CancellationToken);
        foreach (string[] command in (string[][])[["rate", "simulate", "--worlds", "1000000"], ["metrics", "--metric", "bleu", "--hyp", answers, "--ref", answers, "--confidence", "--samples", "100000000"]])
        {
            (Process process, Task<string> error) = Start(command);
            using (process)
            {
                await UntilAsync(process, () => process.TotalProcessorTime > TimeSpan.FromSeconds(1.5));
                Interrupts.Send(process);
                Assert.EndsWith("juxta: stopped before it was done\n", await error, StringComparison.Ordinal);
            }
        }
    }

    (Process Command, Task<string> Error) Start(params string[] arguments)
    {
        Interrupts.Require();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "juxta.dll"), .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["TMPDIR"] = _folder;
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return (process, process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    static async Task UntilAsync(Process process, Func<bool> there)
    {
        var waited = Stopwatch.StartNew();
        while (!there())
        {
            process.Refresh();
            Assert.False(process.HasExited, "it ended before it was interrupted");
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(2), "it did not begin");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
