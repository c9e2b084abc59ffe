using System.Collections.Concurrent;
using System.Globalization;
using Juxta.Engine;
using Juxta.Eval.Suites;
using Juxta.Workbench.Models;

namespace Juxta.Workbench.Runs;

/// <summary>
/// Jobs of evaluation: models of the shelf over held-out sets. A job belongs to the server: it goes on although nobody looks, every answer is on the disk
/// when it is shown, and a job that was cancelled, failed or lost its server goes on where it was (<see cref="Resume"/>). Files only (docs/runs.md).
/// </summary>
public sealed class Evaluations
{
    readonly ModelShelf _shelf;
    readonly string _folder;
    readonly TimeProvider _time;
    readonly JobFolder _jobs;
    readonly SetShelf _sets;
    readonly ConcurrentDictionary<string, LiveJob> _live = new(StringComparer.Ordinal);
    readonly Lock _gate = new();
    bool _closed;

    /// <param name="runsFolder">Where jobs lie.</param>
    /// <param name="setFolders">Folders of sets, the first before the next.</param>
    internal Evaluations(ModelShelf shelf, string runsFolder, IReadOnlyList<string> setFolders, TimeProvider time)
    {
        (_shelf, _folder, _time, _jobs, _sets) = (shelf, runsFolder, time, new JobFolder(runsFolder), new SetShelf(setFolders));
    }

    /// <summary>A job began, has one more answer, or ended: its name. Raised on any thread, as often as answers come.</summary>
    public event Action<string>? Changed;

    /// <summary>The sets that are offered: those of <see cref="WorkbenchOptions.SetFolders"/>, then those of the data folder's <c>evalsets/</c>. Sets that cannot be used say why.</summary>
    public IReadOnlyList<SetEntry> Sets => _sets.Find();

    /// <summary>All jobs, newest first.</summary>
    public IReadOnlyList<RunJob> All
    {
        get
        {
            IReadOnlyList<SetEntry> sets = Sets;
            return [.. _jobs.Names.Select(name => Find(name, sets)).OfType<RunJob>().OrderByDescending(job => job.Created).ThenBy(job => job.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>A job as it is now.</summary>
    /// <exception cref="NotFoundException">There is none of that name.</exception>
    public RunJob Get(string name) => Find(name, Sets) ?? throw new NotFoundException($"there is no evaluation '{name}'");

    /// <summary>Begins a job and returns its name; the models are then opened and asked.</summary>
    /// <exception cref="RequestException">Nothing is to be run, something is named twice, or the name is taken or no folder's name.</exception>
    /// <exception cref="NotFoundException">A model, an adapter or a set is not offered.</exception>
    public string Start(RunRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        string name = request.Name.Trim();
        if (name.Length == 0) name = FreeName(_time.GetLocalNow().ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture));
        else if (name != Path.GetFileName(name) || name is "." or ".." || name.Length > 100 || name.Any(letter => char.IsControl(letter) || "/\\:*?\"<>|".Contains(letter, StringComparison.Ordinal)))
            throw new RequestException($"'{name}' cannot be the name of an evaluation: it names a folder, so it has at most 100 characters and none of / \\ : * ? \" < > |", "name");
        request = request with { Name = name };
        if (!_jobs.TryMake(request)) throw new RequestException($"there is an evaluation '{name}' already; choose another name", "name");
        Begin(request);
        return name;
    }

    /// <summary>Goes on with a job that was cancelled, failed or lost its server. Nothing happens when it runs or is complete.</summary>
    /// <exception cref="NotFoundException">There is no such job, or a model of it is no longer offered.</exception>
    public void Resume(string name)
    {
        RunJob job = Get(name);
        if (job.Status is RunStatus.Running or RunStatus.Complete) return;
        foreach (ModelChoice choice in job.Request.Models) Require(choice);
        Begin(job.Request);
    }

    /// <summary>Stops a job; its answers are kept. False when it does not run.</summary>
    public bool Cancel(string name)
    {
        if (!_live.TryGetValue(name, out LiveJob? live) || !live.Running) return false;
        live.Cancel();
        return true;
    }

    /// <summary>Stops a job, waits for that, and deletes it with all its answers.</summary>
    /// <exception cref="NotFoundException">There is no such job.</exception>
    public async Task DeleteAsync(string name)
    {
        Get(name);
        Cancel(name);
        if (_live.TryRemove(name, out LiveJob? live)) await live.Work;
        Directory.Delete(_jobs.Of(name), recursive: true);
        Changed?.Invoke(name);
    }

    /// <summary>The command line that does the same, for a form to show. Models and sets that are not offered are left out.</summary>
    public string CommandLine(RunRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        IReadOnlyList<ModelEntry> models = _shelf.Models;
        return RunCommand.Line(
            request.Models.Select(choice => _shelf.Remote(choice.Model))
                .OfType<RemoteModel>().ToArray(), Path.GetDirectoryName(_folder)!,
            request.Models.Select(choice => (choice, Entry: models.FirstOrDefault(model => model.Id == choice.Model))).Where(pair => pair.Entry is not null).Select(pair => (
                pair.Entry!.Folder,
                (IReadOnlyList<(string, float)>)[.. pair.choice.Adapters.Select(use => (pair.Entry.Adapters.FirstOrDefault(adapter => adapter.Name == use.Name)?.Folder ?? use.Name, use.Scale))])),
            Sets.Where(set => request.Sets.Contains(set.Id)).Select(set => set.Folder),
            request.With,
            _jobs.Of(request.Name.Trim().Length == 0 ? "NAME" : request.Name.Trim()));
    }

    /// <summary>Stops every job and waits until its answers are written.</summary>
    internal async ValueTask CloseAsync()
    {
        lock (_gate) _closed = true;
        foreach (LiveJob live in _live.Values.Where(live => live.Running)) live.Cancel();
        foreach (LiveJob live in _live.Values) await live.Work;
    }

    void Begin(RunRequest request)
    {
        var live = new LiveJob(request, _jobs, _shelf, Sets, _time, () => Changed?.Invoke(request.Name), new CancellationTokenSource());
        lock (_gate)
        {
            if (_closed) throw new WorkbenchException("the server is stopping; start the evaluation when it is back");
            if (_live.TryGetValue(request.Name, out LiveJob? other) && other.Running) return;
            _live[request.Name] = live;
            live.Begin();
        }
        Changed?.Invoke(request.Name);
    }

    RunJob? Find(string name, IReadOnlyList<SetEntry> sets)
    {
        if (_jobs.Find(name) is not { } stored) return null;
        LiveJob? live = _live.GetValueOrDefault(name);
        bool running = live?.Running == true;
        IReadOnlyList<RunEntry> runs = _jobs.Runs(stored.Request, sets);
        if (live is not null) runs = live.Update(runs);
        RunStatus status = running ? RunStatus.Running : runs.All(run => run.Total > 0 && run.Done == run.Total) ? RunStatus.Complete : live?.Error is null ? RunStatus.Stopped : RunStatus.Failed;
        return new RunJob(name, stored.Request, status, stored.Created, runs) { Error = running ? null : live?.Error, Left = live?.Left(runs.Sum(run => run.Done)) };
    }

    void Check(RunRequest request)
    {
        if (request.Models.Count == 0) throw new RequestException("no model is to be asked; choose one or more", "models");
        if (request.Sets.Count == 0) throw new RequestException("no set is to be run; choose one or more", "sets");
        if (request.Models.Select(RunRequest.NameOf).GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice) throw new RequestException($"{twice.Key} is named twice", "models");
        if (request.Sets.Distinct().Count() < request.Sets.Count) throw new RequestException("a set is named twice", "sets");
        foreach (ModelChoice choice in request.Models) Require(choice);
        IReadOnlyList<SetEntry> sets = Sets;
        foreach (string id in request.Sets)
        {
            SetEntry entry = sets.FirstOrDefault(set => set.Id == id)
                ?? throw new NotFoundException($"there is no set '{id}'; {(sets.Count == 0 ? "none is offered" : $"there are {string.Join(", ", sets.Select(set => set.Id))}")}");
            if (entry.Error is { } fault) throw new RequestException($"the set '{id}' cannot be used: {fault}", "sets");
            try
            {
                SetOverride.Parse(request.With).Of(entry.Set!);
            }
            catch (SuiteException error)
            {
                throw new RequestException(error.Message, "with");
            }
        }
    }

    void Require(ModelChoice choice)
    {
        ModelEntry model = _shelf.Model(choice.Model);
        foreach (Engine.Generation.AdapterUse use in choice.Adapters)
            if (model.Adapters.All(adapter => adapter.Name != use.Name)) throw new NotFoundException($"{choice.Model} has no adapter '{use.Name}'");
    }

    string FreeName(string stem)
    {
        string name = stem;
        for (int i = 2; Path.Exists(_jobs.Of(name)); i++) name = $"{stem}-{i}";
        return name;
    }
}
