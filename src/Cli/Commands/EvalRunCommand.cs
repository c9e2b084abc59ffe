using System.CommandLine;
using System.Globalization;
using Juxta.Engine;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Workbench.Endpoints;
using Juxta.Workbench.Runs;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta eval run</c>: answers of models to held-out sets.</summary>
internal static class EvalRunCommand
{
    const string Teaching = """
        Let models answer every sample of some sets under every setting, each model over each set.

        The answers of a model to a set go into OUT/<model>/<set> (docs/runs.md), each written when it ends; the same command goes on with runs that were stopped or
        killed. Models over one base share its weights and its batch:
          juxta eval run --model models/demo --model models/demo:short --model models/demo:long=0.5 --set evalsets/stop-behaviour --out runs
        --with does it otherwise than the sets say: an axis of theirs (few_shot, history_turns, max_source_length, max_target_length) with one value or several,
        or a generation setting (temperature, top_p, top_k, max_tokens, seed, stop):
          juxta eval run --model models/demo --set evalsets/multi-turn --out runs/short --with max_target_length=32,64 --with temperature=0.7
        --json prints {"model","set","folder","answers","outcomes","loss"} for each run and last {"total":true,"runs","answers","seconds","engine_steps","full_steps","full_share"}:
        the share of the engine's steps that had at least 95 % of the sequences or tokens that a step can have.
        """;

    public static Command Create()
    {
        var models = new Option<string[]>("--model", "-m") { Description = "Model to ask; may be given several times. ADAPTER is a folder, or the name of one in the model's adapters/; several act together", HelpName = ModelSpec.Syntax };
        var adapters = new Option<string[]>("--adapter", "-a") { Description = "With one --model: adapter folder that acts on it; may be given several times", HelpName = "DIR[=scale]" };
        var endpoint = new Option<string?>("--endpoint") { Description = $"Address of a server that speaks the OpenAI chat API, such as http://localhost:8000/v1. A key for it is read from ${EndpointChatClient.KeyVariable}", HelpName = "URL" };
        var endpointModels = new Option<string[]>("--endpoint-model") { Description = "What that server calls the model; may be given several times", HelpName = "NAME" };
        var remotes = new RemoteArguments("Model of another server, by the name that juxta models add gave it; may be given several times");
        var sets = new Option<DirectoryInfo[]>("--set") { Description = "Folder of a set; may be given several times", Required = true, HelpName = "DIR" };
        var with = new Option<string[]>("--with") { Description = "What is done otherwise than the sets say; may be given several times. A length of 0 is no bound", HelpName = "NAME=VALUE[,VALUE…]" };
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder of runs", Required = true, HelpName = "DIR" };
        var threads = new Option<int>("--threads") { Description = "Threads of a model step; 0 = all processors" };
        var backend = new BackendArguments();
        var weights = new WeightsArgument();
        var cache = new CacheArgument();
        var json = new Option<bool>("--json") { Description = "Print a JSON line for each run, then one with the total" };
        var command = new Command("run", Teaching) { models, adapters, endpoint, endpointModels, sets, with, output, threads, weights.Option, cache.Option, json };
        remotes.AddTo(command);
        backend.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            EvalSet[] opened = Open(parsed.GetValue(sets)!, parsed.GetValue(with) ?? []);
            ModelSpec[] specs = Specs(parsed.GetValue(models) ?? [], parsed.GetValue(adapters) ?? []);
            RunModel[] remote = [.. Remote(parsed.GetValue(endpoint), parsed.GetValue(endpointModels) ?? []), .. remotes.Read(parsed).Select(far => EndpointRunModel.Of(far.Model, far.Client))];
            string[] names = [.. specs.Select(spec => spec.Name), .. remote.Select(model => model.Identity.Name)];
            if (names.Length == 0) throw new InputException("eval run: there is no model to ask; give --model, --remote, or --endpoint and --endpoint-model");
            if (names.FirstOrDefault(name => names.Count(other => other == name) > 1) is { } twice)
                throw new InputException($"eval run: two models are called {twice}, and their runs would lie in one folder; ask them with another --out each");
            var work = new Work(opened, parsed.GetValue(output)!.FullName, parsed.GetValue(json));
            foreach (IGrouping<string, ModelSpec> models in specs.GroupBy(spec => spec.Folder)) await work.AskBaseAsync(models.Key, [.. models], parsed.GetValue(threads), backend.Read(parsed), weights.Of(parsed), cache.Of(parsed), cancel);
            foreach (IGrouping<string, RunModel> server in remote.GroupBy(model => model.Identity.Endpoint!)) await work.AskAsync(server.Key, EndpointRunModel.AtOnce, [.. server], cancel);
            work.Conclude();
            return 0;
        });
        return command;
    }

    static EvalSet[] Open(DirectoryInfo[] folders, string[] with)
    {
        var otherwise = SetOverride.Parse(with);
        EvalSet[] sets = [.. folders.Select(folder => otherwise.Of(EvalSet.Open(folder.FullName)))];
        return sets.GroupBy(set => set.Id).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new InputException($"eval run: {string.Join(" and ", twice.Select(set => set.Folder))} are both called {twice.Key}; run them with another --out each")
            : sets;
    }

    static ModelSpec[] Specs(string[] models, string[] adapters)
    {
        if (adapters.Length > 0 && models.Length != 1) throw new InputException($"eval run: --adapter goes with one --model; with {models.Length} write --model {ModelSpec.Syntax}");
        ModelSpec[] specs = [.. models.Select(ModelSpec.Parse)];
        return adapters.Length == 0 ? specs : [specs[0] with { Adapters = [.. specs[0].Adapters, .. adapters.Select(ModelArguments.ParseAdapter).Select(adapter => (Path.GetFullPath(adapter.Folder), adapter.Scale))] }];
    }

    static RunModel[] Remote(string? endpoint, string[] models) => (endpoint, models.Length) switch
    {
        (null, 0) => [],
        (null, _) => throw new InputException("eval run: --endpoint-model names a model of a server; say which with --endpoint URL"),
        (_, 0) => throw new InputException("eval run: --endpoint names a server; say which of its models with --endpoint-model NAME"),
        _ => [.. models.Select(model => EndpointRunModel.Of(endpoint, model, Environment.GetEnvironmentVariable(EndpointChatClient.KeyVariable)))],
    };

    /// <summary>The whole command: runs of one base or server after another, and what came of them.</summary>
    sealed class Work(EvalSet[] sets, string output, bool json)
    {
        readonly long _start = TimeProvider.System.GetTimestamp();
        EngineSteps _steps;
        int _runs, _answers;

        public async Task AskBaseAsync(
            string folder, ModelSpec[] specs, int threads, BackendChoice? backend, WeightStorage? weights, CacheStorage? cache, CancellationToken cancel)
        {
            await using OpenedBase model = await OpenedBase.OpenAsync(folder, threads, backend, sets, weights, cache);
            var asked = new List<RunModel>();
            foreach (ModelSpec spec in specs) asked.Add(await model.ModelAsync(spec, cancel));
            EngineSteps before = model.Engine.Steps;
            await AskAsync(ModelSpec.NameOf(folder), model.AtOnce, asked, cancel);
            _steps += model.Engine.Steps - before;
        }

        public async Task AskAsync(string what, int atOnce, IReadOnlyList<RunModel> models, CancellationToken cancel)
        {
            var runs = new List<(RunModel Model, RunFolder Run)>();
            try
            {
                foreach (RunModel model in models)
                    foreach (EvalSet set in sets) runs.Add((model, RunFolder.Open(Path.Combine(output, model.Identity.Name, set.Id), set, RunManifest.Of(model.Identity, set, EngineRunModel.Code))));
                await RunDisplay.RunAsync(what, atOnce, runs, cancel);
                foreach ((_, RunFolder run) in runs) Tell(run.Record);
            }
            finally
            {
                foreach ((_, RunFolder run) in runs) run.Dispose();
            }
        }

        void Tell(RunRecord run)
        {
            (_runs, _answers) = (_runs + 1, _answers + run.Results.Count);
            Dictionary<string, int> outcomes = run.Results.GroupBy(result => result.Outcome?.Split(':')[0] ?? "unknown").OrderBy(same => same.Key, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.Count());
            double? loss = run.Results.Sum(result => result.LossTokens) is > 0 and var tokens ? run.Results.Sum(result => result.Nats) / tokens : null;
            if (json) JsonLines.Write(new { model = run.Manifest.Model.Name, set = run.Set.Id, run.Folder, answers = run.Results.Count, outcomes, loss });
            else
            {
                Terminal.WriteLine($"{run.Manifest.Model.Name} over {run.Set.Id}: {run.Results.Count} answers ({string.Join(", ", outcomes.Select(outcome => $"{outcome.Key} {outcome.Value}"))})"
                    + (loss is null ? "" : string.Create(CultureInfo.InvariantCulture, $", loss of the references {loss:F4} nats/token")));
                Terminal.WriteLine($"  {run.Folder}");
            }
        }

        public void Conclude()
        {
            double seconds = TimeProvider.System.GetElapsedTime(_start).TotalSeconds;
            double? share = _steps.Count > 0 ? (double)_steps.Full / _steps.Count : null;
            if (json) JsonLines.Write(new { total = true, runs = _runs, answers = _answers, seconds = Math.Round(seconds, 3), engine_steps = _steps.Count, full_steps = _steps.Full, full_share = share });
            else if (share is not null) Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds:F1} s; {share:P1} of the engine's {_steps.Count} steps had a full batch"));
        }
    }
}
