using System.CommandLine;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Workbench.Runs;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta eval run</c>: a model's answers to a held-out set.</summary>
internal static class EvalRunCommand
{
    public static Command Create()
    {
        var model = new ModelArguments();
        var set = new Option<DirectoryInfo>("--set") { Description = "Folder of the set", Required = true, HelpName = "DIR" };
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder of runs: the answers go into DIR/<model>/<set>, and a run that was stopped goes on there", Required = true, HelpName = "DIR" };
        var command = new Command("run", "Let a model answer every sample of a set under every setting. Each answer is written when it ends; the same command goes on with a run that was stopped or killed.") { set, output };
        model.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            EvalSet opened = EvalSet.Open(parsed.GetValue(set)!.FullName);
            await using LoadedModel loaded = await model.OpenAsync(parsed, cancel: cancel);
            string name = string.Join('+', (IEnumerable<string>)[Path.GetFileName(loaded.Model.Folder), .. loaded.Adapters.Select(use => use.Name[(use.Name.IndexOf(':') + 1)..])]);
            RunModel asked = EngineRunModel.Of(name, loaded.Engine, loaded.Adapters);
            using RunFolder run = RunFolder.Open(Path.Combine(parsed.GetValue(output)!.FullName, name, opened.Id), opened, RunManifest.Of(asked.Identity, opened, EngineRunModel.Code));
            await RunAsync(run, answered => new SuiteRunner(2 * loaded.Engine.Options.MaxSequences).RunAsync([(asked, run)], answered, cancel));
            Console.Error.WriteLine($"{run.Folder}: {run.Count} answers");
            return 0;
        });
        return command;
    }

    static async Task RunAsync(RunFolder run, Func<Action<RunFolder, SampleResult>?, Task> work)
    {
        if (Console.IsErrorRedirected)
        {
            await work(null);
            return;
        }
        IAnsiConsole stderr = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await stderr.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                ProgressTask task = context.AddTask("answering", maxValue: run.Total);
                task.Value = run.Count;
                return work((_, _) => task.Increment(1));
            });
    }
}
