using Juxta.Engine;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Workbench.Models;
using Microsoft.Extensions.AI;

namespace Juxta.Workbench.Runs;

/// <summary>A job that this process works on: base after base, all models of a base in one batch.</summary>
internal sealed class LiveJob(RunRequest request, JobFolder folder, ModelShelf shelf, IReadOnlyList<SetEntry> sets, TimeProvider time, Action changed, CancellationTokenSource stop)
{
    readonly Lock _gate = new();
    readonly Dictionary<string, RunFolder> _open = new(StringComparer.Ordinal);
    RunPace? _pace;

    public Task Work { get; private set; } = Task.CompletedTask;

    public bool Running => !Work.IsCompleted;

    /// <summary>Why it ended early; null when it did not, or was cancelled.</summary>
    public string? Error { get; private set; }

    public void Begin() => Work = Task.Run(RunAsync);

    public void Cancel() => stop.Cancel();

    /// <summary>The runs of <paramref name="known"/> with what this process has added to them.</summary>
    public IReadOnlyList<RunEntry> Update(IReadOnlyList<RunEntry> known)
    {
        lock (_gate) return [.. known.Select(run => _open.TryGetValue(run.Folder, out RunFolder? open) ? run with { Done = open.Count, Total = open.Total } : run)];
    }

    public TimeSpan? Left(int done) => Running ? _pace?.Left(done) : null;

    async Task RunAsync()
    {
        try
        {
            IReadOnlyList<RunEntry> runs = folder.Runs(request, sets);
            _pace = new RunPace(time, runs.Sum(run => run.Total), runs.Sum(run => run.Done));
            foreach (IGrouping<string, ModelChoice> models in request.Models.GroupBy(choice => choice.Model)) await RunAsync([.. models]);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The answers so far are on the disk.
        }
        catch (Exception error)
        {
            Error = error.Message;
        }
        finally
        {
            Close();
            changed();
        }
    }

    async Task RunAsync(IReadOnlyList<ModelChoice> models)
    {
        var asked = new List<(RunModel, RunFolder)>();
        if (shelf.Remote(models[0].Model) is not null)
        {
            (RemoteModel remote, IChatClient client) = shelf.RequireRemote(models[0].Model);
            RunModel far = EndpointRunModel.Of(remote, client);
            foreach (string set in request.Sets) asked.Add((far, Open(far, set)));
            changed();
            await new SuiteRunner(EndpointRunModel.AtOnce).RunAsync(asked, (_, _) => changed(), stop.Token);
            return;
        }
        InferenceEngine? engine = null;
        foreach (ModelChoice choice in models)
        {
            engine = (await shelf.OpenAsync(choice, stop.Token)).Engine;
            RunModel model = EngineRunModel.Of(RunRequest.NameOf(choice), engine, choice.Adapters);
            foreach (string set in request.Sets) asked.Add((model, Open(model, set)));
        }
        changed();
        // A few places stay free for people who chat meanwhile.
        int places = engine!.Options.MaxSequences;
        await new SuiteRunner(Math.Max(1, places - (places / 8))).RunAsync(asked, (_, _) => changed(), stop.Token);
    }

    RunFolder Open(RunModel model, string id)
    {
        string path = JobFolder.RunOf(folder.Of(request.Name), model.Identity.Name, id);
        // A run that has begun has its own copy of the set, whatever became of that.
        EvalSet set = File.Exists(Path.Combine(path, RunManifest.FileName)) ? RunRecord.Open(path).Set
            : sets.FirstOrDefault(entry => entry.Id == id) is not { } entry ? throw new NotFoundException($"the set '{id}' is no longer offered")
            : entry.Set is { } offered ? SetOverride.Parse(request.With).Of(offered)
            : throw new WorkbenchException($"the set '{id}' cannot be used: {entry.Error}");
        var run = RunFolder.Open(path, set, RunManifest.Of(model.Identity, set, EngineRunModel.Code));
        lock (_gate) _open[path] = run;
        return run;
    }

    void Close()
    {
        lock (_gate)
        {
            foreach (RunFolder run in _open.Values) run.Dispose();
            _open.Clear();
        }
    }
}
