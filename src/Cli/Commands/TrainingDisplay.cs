using System.Globalization;
using Juxta.Training.Runs;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary>A run as it goes: a progress bar with the loss on a terminal, a line now and then elsewhere, and the loss curve at the end.</summary>
internal static class TrainingDisplay
{
    const int CurveWidth = 60;

    static readonly char[] Levels = [.. "▁▂▃▄▅▆▇█"];

    public static void Show(TrainingRun run, bool json, Func<Action<TrainingStep>, IReadOnlyList<TrainingStep>> take)
    {
        if (json)
        {
            take(step => JsonLines.Write(step));
            return;
        }
        IReadOnlyList<TrainingStep> steps = Console.IsErrorRedirected ? take(WriteLine) : Progress(run, take);
        if (steps.Count > 1) Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"loss {steps[0].Loss:0.000} {Curve([.. steps.Select(step => step.Loss)])} {steps[^1].Loss:0.000}"));
    }

    static IReadOnlyList<TrainingStep> Progress(TrainingRun run, Func<Action<TrainingStep>, IReadOnlyList<TrainingStep>> take)
    {
        IAnsiConsole stderr = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return stderr.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("the first step", maxValue: run.Steps);
                return take(step =>
                {
                    task.Description = Markup.Escape(Describe(step));
                    task.Value = step.Step;
                });
            });
    }

    static void WriteLine(TrainingStep step)
    {
        if (step.Step == 1 || step.Step == step.Steps || step.Step % 10 == 0 || step.HeldOutLoss is not null) Console.Error.WriteLine(Describe(step));
    }

    static string Describe(TrainingStep step) => string.Create(
        CultureInfo.InvariantCulture,
        $"step {step.Step} of {step.Steps}: loss {step.Loss:0.000}{(step.HeldOutLoss is { } held ? $", held out {held:0.000}" : "")}, {step.Tokens / step.Seconds:0} tokens/s");

    /// <summary>The losses as a row of bars, the largest the tallest.</summary>
    static string Curve(double[] losses)
    {
        int width = Math.Min(CurveWidth, losses.Length);
        double[] means = [.. Enumerable.Range(0, width).Select(i => losses[(i * losses.Length / width)..((i + 1) * losses.Length / width)].Average())];
        double low = means.Min(), span = Math.Max(means.Max() - low, 1e-9);
        return string.Concat(means.Select(mean => Levels[(int)Math.Round((mean - low) / span * (Levels.Length - 1))]));
    }
}
