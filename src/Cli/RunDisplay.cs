using Juxta.Eval.Runs;
using Spectre.Console;

namespace Juxta.Cli;

/// <summary>Runs under way: a bar with the time left on a terminal, nothing elsewhere.</summary>
internal static class RunDisplay
{
    /// <summary>Asks what is missing.</summary>
    /// <param name="what">What stands before the bar.</param>
    /// <exception cref="StoppedException">It was cancelled; says how much is there.</exception>
    public static async Task RunAsync(string what, int atOnce, IReadOnlyList<(RunModel Model, RunFolder Run)> runs, CancellationToken cancel)
    {
        var runner = new SuiteRunner(atOnce);
        int total = runs.Sum(run => run.Run.Total);
        try
        {
            if (Console.IsErrorRedirected)
            {
                await runner.RunAsync(runs, null, cancel);
                return;
            }
            IAnsiConsole stderr = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            await stderr.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).StartAsync(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(what), maxValue: total);
                task.Value = runs.Sum(run => run.Run.Count);
                return runner.RunAsync(runs, (_, _) => task.Increment(1), cancel);
            });
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw new StoppedException($"stopped: {runs.Sum(run => run.Run.Count)} of {total} answers of {what} are there, and the same command goes on");
        }
    }
}
