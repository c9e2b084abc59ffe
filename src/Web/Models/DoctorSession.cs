using Juxta.Engine.Diagnosis;
using Juxta.Web.Chat;
using Juxta.Workbench.Models;

namespace Juxta.Web.Models;

/// <summary>What one open page shows of the doctor: which folder is examined, how far it is, what was found. One examination at a time; the last one begun counts.</summary>
public sealed class DoctorSession(ModelShelf shelf) : IDisposable
{
    readonly Lock _gate = new();
    CancellationTokenSource? _running;
    string? _model, _adapter;

    /// <summary>Read the properties again. Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>Id of the model to examine; the shelf's first until another is chosen. Another choice stops an examination and puts its findings away.</summary>
    public string? Model
    {
        get => _model is { } chosen && Entries.Any(entry => entry.Id == chosen) ? chosen : Entries.Count > 0 ? Entries[0].Id : null;
        set => Choose(value, null);
    }

    /// <summary>Name of the adapter to examine over it, or null.</summary>
    public string? Adapter
    {
        get => Adapters.Any(adapter => adapter.Name == _adapter) ? _adapter : null;
        set => Choose(Model, string.IsNullOrEmpty(value) ? null : value);
    }

    public IReadOnlyList<AdapterEntry> Adapters => Entry?.Adapters ?? [];

    public bool Running { get; private set; }

    /// <summary>How far it is, while it runs.</summary>
    public DiagnosisProgress Progress { get; private set; }

    public DiagnosisReport? Report { get; private set; }

    /// <summary>Why it could not be done.</summary>
    public Notice? Failure { get; private set; }

    IReadOnlyList<ModelEntry> Entries => shelf.Models;

    ModelEntry? Entry => Entries.FirstOrDefault(entry => entry.Id == Model);

    /// <summary>Examines the chosen folder. A model in memory is asked as it is there; another is read for the time of the examination.</summary>
    public async Task ExamineAsync()
    {
        if (Entry is not { } entry) return;
        string? adapter = entry.Adapters.FirstOrDefault(known => known.Name == Adapter)?.Folder;
        var run = new CancellationTokenSource();
        lock (_gate)
        {
            _running?.Cancel();
            _running = run;
            (Running, Report, Failure, Progress) = (true, null, null, new DiagnosisProgress("opening the files", 0));
        }
        Changed?.Invoke();
        DiagnosisReport? report = null;
        Notice? failure = null;
        try
        {
            report = await ModelDoctor.ExamineAsync(entry.Folder, adapter, progress: new Reporting(this, run), running: entry.Open?.Engine, cancel: run.Token);
        }
        catch (Exception e)
        {
            failure = Notices.Of(e);
        }
        Finish(run, () => (Report, Failure) = (report, failure));
    }

    /// <summary>Stops the examination; nothing is shown of it.</summary>
    public void Stop()
    {
        CancellationTokenSource? run;
        lock (_gate) run = _running;
        if (run is not null) Finish(run, () => { });
    }

    void Choose(string? model, string? adapter)
    {
        Stop();
        (_model, _adapter, Report, Failure) = (model, adapter, null, null);
        Changed?.Invoke();
    }

    /// <summary>Ends a run, unless another has begun since.</summary>
    void Finish(CancellationTokenSource run, Action take)
    {
        lock (_gate)
        {
            if (_running != run) return;
            _running = null;
            Running = false;
            take();
        }
        run.Cancel();
        Changed?.Invoke();
    }

    void Advance(CancellationTokenSource run, DiagnosisProgress progress)
    {
        lock (_gate)
        {
            // A hundred pictures are enough, and one at every new stage.
            if (_running != run || (progress.Doing == Progress.Doing && progress.Share < Progress.Share + 0.01)) return;
            Progress = progress;
        }
        Changed?.Invoke();
    }

    public void Dispose() => Stop();

    sealed class Reporting(DoctorSession session, CancellationTokenSource run) : IProgress<DiagnosisProgress>
    {
        public void Report(DiagnosisProgress value) => session.Advance(run, value);
    }
}
