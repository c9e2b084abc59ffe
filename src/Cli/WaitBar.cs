using Spectre.Console;

namespace Juxta.Cli;

/// <summary>A progress bar on stderr while something is worked out; nothing where stderr is no terminal.</summary>
internal static class WaitBar
{
    public static T While<T>(string what, Func<IProgress<(int Done, int Of)>?, T> work)
    {
        if (Console.IsErrorRedirected) return work(null);
        IAnsiConsole stderr = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return stderr.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => work(new Bar(context.AddTask(what))));
    }

    sealed class Bar(ProgressTask task) : IProgress<(int Done, int Of)>
    {
        public void Report((int Done, int Of) value)
        {
            task.MaxValue = value.Of;
            task.Value = Math.Max(task.Value, value.Done);
        }
    }
}
