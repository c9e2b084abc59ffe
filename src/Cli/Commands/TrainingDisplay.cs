using System.Diagnostics;
using System.Globalization;
using Juxta.Training.Objectives;
using Juxta.Training.Output;
using Juxta.Training.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Juxta.Cli.Commands;

/// <summary>A run as it goes: on a terminal a progress bar over the loss curve, elsewhere a line now and then; the whole curve at the end.</summary>
internal static class TrainingDisplay
{
    const int Width = 60, Height = 8, BarWidth = 30;

    /// <summary>Between two pictures: the curve is drawn anew with each.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static void Show(TrainingRun run, bool json, Func<Action<TrainingStep>, IReadOnlyList<TrainingStep>> take)
    {
        if (json)
        {
            take(step => JsonLines.Write(step));
            return;
        }
        IReadOnlyList<TrainingStep> steps = Console.IsErrorRedirected ? take(WriteLine) : Watch(run, take);
        if (steps.Count < 2) return;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"loss {steps[0].Loss:0.000} at step {steps[0].Step}, {steps[^1].Loss:0.000} at step {steps[^1].Step}"));
        foreach (string line in Plot(steps, Width)) Console.Error.WriteLine(line);
    }

    static IReadOnlyList<TrainingStep> Watch(TrainingRun run, Func<Action<TrainingStep>, IReadOnlyList<TrainingStep>> take)
    {
        IAnsiConsole stderr = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var seen = new List<TrainingStep>();
        var clock = Stopwatch.StartNew();
        TimeSpan shown = -Pause;
        return stderr.Live(new Text("the first step")).AutoClear(true).Start(context => take(step =>
        {
            seen.Add(step);
            if (clock.Elapsed - shown < Pause && step.Step < run.Steps) return;
            shown = clock.Elapsed;
            context.UpdateTarget(Picture(seen, Math.Clamp(stderr.Profile.Width - 12, 20, Width)));
        }));
    }

    /// <param name="seen">Steps of this process: a run that goes on shows what it takes now.</param>
    static Rows Picture(IReadOnlyList<TrainingStep> seen, int columns)
    {
        TrainingStep last = seen[^1];
        int full = (int)((long)last.Step * BarWidth / last.Steps);
        var left = TimeSpan.FromSeconds(seen.TakeLast(50).Average(step => step.Seconds) * (last.Steps - last.Step));
        IEnumerable<IRenderable> lines =
        [
            new Markup($"[yellow]{new string('━', full)}[/][grey]{new string('━', BarWidth - full)}[/] {100 * last.Step / last.Steps} %, {left:h\\:mm\\:ss} left"),
            new Text(Describe(last)),
            .. Plot(seen, columns).Select(line => new Text(line)),
        ];
        return new Rows(lines);
    }

    static IReadOnlyList<string> Plot(IReadOnlyList<TrainingStep> steps, int columns) => LossPlot.Draw(
        [.. steps.Select(step => new LossPoint(step.Step, step.Loss))],
        [.. steps.Where(step => step.HeldOutLoss is not null).Select(step => new LossPoint(step.Step, step.HeldOutLoss!.Value))], columns, Height);

    static void WriteLine(TrainingStep step)
    {
        if (step.Step == 1 || step.Step == step.Steps || step.Step % 10 == 0 || step.HeldOutLoss is not null) Console.Error.WriteLine(Describe(step));
    }

    static string Describe(TrainingStep step) => string.Create(
        CultureInfo.InvariantCulture,
        $"step {step.Step} of {step.Steps}: loss {step.Loss:0.000}{(step.HeldOutLoss is { } held ? $", held out {held:0.000}" : "")}{Rewards(step.Rewards, "")}{Rewards(step.HeldOutRewards, "held-out ")}, rate {step.Rate:0.0e0}, {step.Tokens / step.Seconds:0} tokens/s");

    static string Rewards(PairRewards? rewards, string which) => rewards is null ? "" : string.Create(CultureInfo.InvariantCulture, $", {which}margin {rewards.Margin:0.000}, {which}right {100 * rewards.Accuracy:0} %");
}
