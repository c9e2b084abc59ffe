using System.CommandLine;
using Juxta.Engine;
using Juxta.Eval.Runs;
using Juxta.Workbench.Endpoints;
using Juxta.Workbench.Models;
using Juxta.Workbench.Runs;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta eval replay</c>: a run done again, and whether it gives the same.</summary>
internal static class EvalReplayCommand
{
    const string Teaching = """
        Do a run again from its manifest and say whether it gives the same: token for token where the run has ids, else by its texts, and then its probabilities and losses.

        The model is looked for where it lay; --model says where it lies now. Its weights are kept, and computed with, as the run did: on another backend if that was one, and
        --backend says otherwise. What is not as it was (weights, adapters, tokenizer, template, stop ids, prompts, code …) is told with both hashes. Exit code 0: the same; 1: it
        differs, and where first.
        """;

    public static Command Create()
    {
        var run = new Argument<DirectoryInfo>("RUN") { Description = "Folder of a run: OUT/<model>/<set>" };
        var model = new Option<string?>("--model", "-m") { Description = "The model, where it does not lie where it lay", HelpName = ModelSpec.Syntax };
        var threads = new Option<int>("--threads") { Description = "Threads of a model step; 0 = all processors" };
        var backend = new BackendArguments();
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        Option<string?> data = RemoteArguments.DataOption();
        var command = new Command("replay", Teaching) { run, model, threads, data, json };
        backend.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            RunRecord then = RunRecord.Open(parsed.GetValue(run)!.FullName);
            if (then.Results.Count == 0) throw new InputException($"{then.Folder}: there is no answer in it to compare with");
            bool isRemote = then.Manifest.Model.Endpoint is not null && parsed.GetValue(model) is null;
            if (isRemote && backend.Given(parsed)) throw new InputException($"eval replay: {then.Manifest.Model.Endpoint} answered this run and does so again; --backend goes with a model of this machine (--model)");
            using var folder = new TemporaryFolder("juxta-replay");
            RunRecord now = isRemote
                ? await AskAsync(Remote(then.Manifest.Model.Endpoint!, then.Manifest.Model, parsed.GetValue(data)), EndpointRunModel.AtOnce, then, folder.Path, cancel)
                : await AskBaseAsync(Spec(then.Manifest.Model, parsed.GetValue(model)), parsed.GetValue(threads), backend.Given(parsed) ? backend.Read(parsed) : BackendOf(then), then, folder.Path, cancel);
            RunReplay replay = RunReplay.Compare(then, now);
            IReadOnlyList<ManifestDifference> changes = then.Manifest.DifferencesTo(now.Manifest);
            if (parsed.GetValue(json))
            {
                JsonLines.Write(new { verdict = replay.Same ? "same" : "different", replay.Compared, replay.Different, replay.First, changes });
            }
            else
            {
                foreach (ManifestDifference change in changes) Terminal.WriteLine($"changed: {change.Field} was {change.Then ?? "absent"} and is {change.Now ?? "absent"}");
                Terminal.WriteLine(replay.Same ? $"same: {replay.Compared} answers" : $"{replay.Different} of {replay.Compared} answers differ; first {replay.First}");
            }
            return replay.Same ? 0 : 1;
        });
        return command;
    }

    /// <summary>With the key that is kept for it, else with that of the environment.</summary>
    static RunModel Remote(string endpoint, ModelIdentity then, string? data)
    {
        string name = then.EndpointModel ?? then.Name;
        RemoteShelf shelf = RemoteArguments.Open(data);
        return shelf.All.FirstOrDefault(kept => kept.Url == endpoint && kept.Name == name) is { } kept
            ? EndpointRunModel.Of(kept with { Id = then.Name }, shelf.Find(kept.Id)!.Value.Client)
            : EndpointRunModel.Of(endpoint, name, Environment.GetEnvironmentVariable(EndpointChatClient.KeyVariable));
    }

    static ModelSpec Spec(ModelIdentity model, string? given)
    {
        if (given is not null) return ModelSpec.Parse(given);
        foreach (string? folder in model.Adapters.Select(adapter => adapter.Folder).Prepend(model.Folder))
            if (!Directory.Exists(folder)) throw new InputException($"{model.Name} lay in {folder ?? "an unknown place"}, and that is gone; say with --model where it lies now");
        return new ModelSpec(model.Folder!, [.. model.Adapters.Select(adapter => (adapter.Folder!, adapter.Scale))]);
    }

    /// <summary>What computed the run, if it can be had here.</summary>
    static BackendChoice? BackendOf(RunRecord run)
    {
        BackendChoice? backend = BackendChoice.OfHash(run.Manifest.Model.Weights);
        if (backend is not null) Console.Error.WriteLine($"juxta: the run was computed by {backend}, and so is its replay; --backend cpu takes the engine's own kernels");
        return backend;
    }

    /// <param name="backend">Null = the engine's own kernels, with weights, keys and values kept as the run kept them.</param>
    static async Task<RunRecord> AskBaseAsync(ModelSpec spec, int threads, BackendChoice? backend, RunRecord then, string folder, CancellationToken cancel)
    {
        string? kept = backend is null ? then.Manifest.Model.Weights : null;
        await using OpenedBase opened = await OpenedBase.OpenAsync(spec.Folder, threads, backend, [then.Set], WeightStorage.OfHash(kept), kept is null ? null : CacheStorage.OfHash(kept));
        return await AskAsync(await opened.ModelAsync(spec, cancel), opened.AtOnce, then, folder, cancel);
    }

    static async Task<RunRecord> AskAsync(RunModel model, int atOnce, RunRecord then, string folder, CancellationToken cancel)
    {
        model = model with { Identity = model.Identity with { Name = then.Manifest.Model.Name } }; // what people call it decides nothing
        using RunFolder again = RunFolder.Open(folder, then.Set, RunManifest.Of(model.Identity, then.Set, EngineRunModel.Code));
        try
        {
            await RunDisplay.RunAsync(then.Manifest.Model.Name, atOnce, [(model, again)], cancel);
        }
        catch (StoppedException)
        {
            throw new StoppedException($"stopped after {again.Count} of {again.Total} answers; a replay is done in one go, and the run is as it was");
        }
        return again.Record;
    }
}
