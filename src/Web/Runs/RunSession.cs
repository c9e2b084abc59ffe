using Juxta.Eval.Comparison;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Web.Chat;
using Juxta.Workbench.Runs;

namespace Juxta.Web.Runs;

/// <summary>A sample with its answer.</summary>
/// <param name="Index">Of the set's samples.</param>
/// <param name="Result">Null while it is not answered.</param>
public sealed record SampleRow(int Index, EvalSample Sample, SampleResult? Result);

/// <summary>What one open page of a run shows: manifest, scores, and the samples of one setting that pass the filter. A run that is being written is read again.</summary>
public sealed class RunSession(RunLibrary library, TimeProvider time) : IDisposable
{
    static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    string? _name;
    CancellationTokenSource? _following;
    SampleRow[] _samples = [];
    SampleFilter _filter = new();
    int _page;

    /// <summary>Read the properties again. Raised on any thread.</summary>
    public event Action? Changed;

    public RunRecord? Run { get; private set; }

    /// <summary>Null until they are worked out, and while answers are being written.</summary>
    public RunScores? Scores { get; private set; }

    public RunState State { get; private set; }

    /// <summary>Index of the run's setting that is on show.</summary>
    public int Setting { get; private set; }

    public SettingScores? Measured => Scores?.Settings[Setting];

    public Notice? Notice { get; private set; }

    /// <summary>Tags of the set, in order.</summary>
    public IReadOnlyList<string> Tags => Run is { } run ? [.. run.Set.Samples.SelectMany(sample => sample.Tags).Distinct().Order(StringComparer.Ordinal)] : [];

    /// <summary>Another filter shows its first piece.</summary>
    public SampleFilter Filter
    {
        get => _filter;
        set
        {
            (_filter, _page) = (value, 0);
            Announce();
        }
    }

    /// <summary>Samples of the setting that pass.</summary>
    public IReadOnlyList<SampleRow> Found => [.. _samples.Where(row => _filter.Fits(row.Sample, row.Result))];

    public Paging Paging => new(Found.Count, _page);

    public void Turn(int page)
    {
        _page = page;
        Announce();
    }

    /// <summary>The sample with this id; null = there is none.</summary>
    public SampleRow? Find(string? id) => _samples.FirstOrDefault(row => row.Sample.Id == id);

    /// <summary>A sample's own scores under the setting.</summary>
    public IEnumerable<(MetricScore Metric, double Score)> ScoresOf(SampleRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        foreach (MetricScore metric in Measured?.Metrics ?? [])
        {
            int at = metric.Samples.ToList().BinarySearch(row.Index);
            if (at >= 0) yield return (metric, metric.Statistics.ScoreOf(at));
        }
    }

    /// <summary>Shows a run under one of its settings; one that is being written is followed to its end.</summary>
    public async Task OpenAsync(string name, int setting)
    {
        if (name == _name && Run is not null)
        {
            Show(setting);
            Announce();
            return;
        }
        _following?.Cancel();
        (_name, Run, Scores, Notice, _filter, _page) = (name, null, null, null, new(), 0);
        await ReadAsync(name, setting);
        if (State is RunState.Running) _ = FollowAsync(name, (_following = new CancellationTokenSource()).Token);
    }

    async Task ReadAsync(string name, int setting)
    {
        try
        {
            RunRow row = await RunRow.ReadAsync(library, name);
            RunRecord run = await library.OpenAsync(name);
            if (name != _name) return;
            (Run, State) = (run, row.State);
            Show(setting);
            Announce();
            if (State is RunState.Running || run.Results.Count == 0) return;
            RunScores scores = await library.ScoresAsync(name);
            if (name == _name) Scores = scores;
        }
        catch (Exception error)
        {
            if (name == _name) Notice = Notices.Of(error);
        }
        Announce();
    }

    void Show(int setting)
    {
        RunRecord run = Run!;
        Setting = Math.Clamp(setting, 0, run.Set.Settings.Count - 1);
        var answers = run.Of(Setting).ToDictionary(result => result.Sample, StringComparer.Ordinal);
        _samples = [.. run.Set.Samples.Select((sample, i) => new SampleRow(i, sample, answers.GetValueOrDefault(sample.Id)))];
    }

    async Task FollowAsync(string name, CancellationToken left)
    {
        try
        {
            while (State is RunState.Running)
            {
                await Task.Delay(Pace, time, left);
                await ReadAsync(name, Setting);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    public void Dismiss()
    {
        Notice = null;
        Announce();
    }

    void Announce() => Changed?.Invoke();

    public void Dispose()
    {
        _name = null;
        _following?.Cancel();
        _following?.Dispose();
    }
}
