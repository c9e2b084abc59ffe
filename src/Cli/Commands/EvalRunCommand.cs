using System.CommandLine;
using Juxta.Engine.Chat;
using Juxta.Engine.Generation;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Microsoft.Extensions.AI;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta eval run</c>: a model's answers to a held-out set.</summary>
internal static class EvalRunCommand
{
    public static Command Create()
    {
        var model = new ModelArguments();
        var set = new Option<DirectoryInfo>("--set") { Description = "Folder of the set", Required = true, HelpName = "DIR" };
        var output = new Option<FileInfo>("--out") { Description = "JSON Lines file of the answers; a run that was stopped goes on in it", Required = true, HelpName = "FILE.jsonl" };
        var command = new Command("run", "Let a model answer every sample of a set under every setting. Each answer is written when it ends; the same command goes on with a run that was stopped or killed.") { set, output };
        model.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            EvalSet opened = EvalSet.Open(parsed.GetValue(set)!.FullName);
            await using LoadedModel loaded = await model.OpenAsync(parsed, cancel: cancel);
            using var client = new AdaptedClient(new EngineChatClient(loaded.Engine), loaded.Adapters);
            string name = string.Join(" + ", (IEnumerable<string>)[loaded.Model.WeightsHash, .. parsed.GetValue(model.Adapter) ?? []]);
            var runner = new SuiteRunner(client, loaded.Engine.Options.MaxSequences);
            string log = parsed.GetValue(output)!.FullName;
            IReadOnlyList<SampleResult> results = await RunAsync(progress => runner.RunAsync(opened, log, name, progress, cancel));
            Console.Error.WriteLine($"{log}: {results.Count} answers");
            return 0;
        });
        return command;
    }

    static async Task<IReadOnlyList<SampleResult>> RunAsync(Func<IProgress<(int Done, int Of)>?, Task<IReadOnlyList<SampleResult>>> run)
    {
        if (Console.IsErrorRedirected) return await run(null);
        IAnsiConsole stderr = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await stderr.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => run(new Bar(context.AddTask("answering"))));
    }

    sealed class Bar(ProgressTask task) : IProgress<(int Done, int Of)>
    {
        public void Report((int Done, int Of) value)
        {
            task.MaxValue = value.Of;
            task.Value = Math.Max(task.Value, value.Done);
        }
    }

    /// <summary>Adapters act on every answer.</summary>
    sealed class AdaptedClient(IChatClient inner, IReadOnlyList<AdapterUse> adapters) : DelegatingChatClient(inner)
    {
        public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            options = options?.Clone() ?? new ChatOptions();
            if (adapters.Count > 0) (options.AdditionalProperties ??= [])["adapters"] = adapters;
            options.Seed ??= 0; // a run that is done again must give the same
            return base.GetResponseAsync(messages, options, cancellationToken);
        }
    }
}
