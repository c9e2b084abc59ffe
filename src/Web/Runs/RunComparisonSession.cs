using Juxta.Engine.Tokenization;
using Juxta.Eval.Comparison;
using Juxta.Eval.Runs;
using Juxta.Web.Chat;
using Juxta.Workbench.Models;
using Juxta.Workbench.Runs;

namespace Juxta.Web.Runs;

/// <summary>Which pairs of answers are shown.</summary>
public enum PairChoice
{
    All,

    /// <summary>Text or end is another.</summary>
    Different,

    /// <summary>The candidate is better by the chosen metric.</summary>
    Better,

    /// <summary>It is worse.</summary>
    Worse,
}

/// <summary>What one open comparison of runs shows: its figures for one candidate under one setting, and the pairs of answers that pass the filter.</summary>
public sealed class RunComparisonSession(RunLibrary library, ModelShelf shelf)
{
    IReadOnlyList<string> _names = [];
    SampleFilter _filter = new();
    PairChoice _choice;
    string? _metric;
    int _page;

    /// <summary>Read the properties again. Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>Null until it is worked out.</summary>
    public RunComparison? Comparison { get; private set; }

    public Notice? Notice { get; private set; }

    /// <summary>Index of the comparison's setting on show.</summary>
    public int Setting { get; private set; }

    /// <summary>Index of the run that the baseline is compared with.</summary>
    public int Candidate { get; private set; } = 1;

    public IReadOnlyList<MetricDifference> Differences => Comparison is { } comparison ? [.. comparison.Of(Setting, Candidate)] : [];

    /// <summary>The metric that tags, lengths and the order of samples are shown by.</summary>
    public MetricDifference? Metric => Differences.FirstOrDefault(difference => difference.Key == _metric) ?? (Differences.Count > 0 ? Differences[0] : null);

    public IReadOnlyList<string> Tags => Comparison is { } comparison ? [.. comparison.Set.Samples.SelectMany(sample => sample.Tags).Distinct().Order(StringComparer.Ordinal)] : [];

    public SampleFilter Filter
    {
        get => _filter;
        set
        {
            (_filter, _page) = (value, 0);
            Changed?.Invoke();
        }
    }

    public PairChoice Choice
    {
        get => _choice;
        set
        {
            (_choice, _page) = (value, 0);
            Changed?.Invoke();
        }
    }

    /// <summary>Differences by characters in every script, not by words.</summary>
    public bool ByCharacter { get; private set; }

    /// <summary>The pairs that pass: as the set has them, or by the metric, the largest gain or loss first.</summary>
    public IReadOnlyList<SampleDifference> Found
    {
        get
        {
            if (Comparison is not { } comparison) return [];
            IEnumerable<SampleDifference> pairs = comparison.Samples.Where(pair => pair.Setting == Setting && pair.Candidate == Candidate && _filter.Fits(pair.Sample, pair.Baseline, pair.Answer));
            return _choice switch
            {
                PairChoice.Different => [.. pairs.Where(pair => pair.IsDifferent)],
                PairChoice.Better => [.. pairs.Where(pair => GainOf(pair) > 0).OrderByDescending(GainOf)],
                PairChoice.Worse => [.. pairs.Where(pair => GainOf(pair) < 0).OrderBy(GainOf)],
                _ => [.. pairs],
            };
        }
    }

    public Paging Paging => new(Found.Count, _page);

    public SampleDifference? Find(string? id) => Comparison?.Samples.FirstOrDefault(pair => pair.Setting == Setting && pair.Candidate == Candidate && pair.Sample.Id == id);

    /// <summary>Works the comparison out, or shows another part of it.</summary>
    /// <param name="names">The baseline first.</param>
    /// <param name="setting">Index of the setting to show.</param>
    /// <param name="candidate">Index of the run to show.</param>
    public async Task OpenAsync(IReadOnlyList<string> names, int setting, int candidate)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (!names.SequenceEqual(_names))
        {
            (_names, Comparison, Notice, _filter, _choice, _page) = (names, null, null, new(), PairChoice.All, 0);
            try
            {
                RunComparison made = await library.CompareAsync(names);
                if (ReferenceEquals(names, _names)) Comparison = made;
            }
            catch (Exception error)
            {
                if (ReferenceEquals(names, _names)) Notice = Notices.Of(error);
            }
        }
        if (Comparison is { } comparison)
            (Setting, Candidate) = (Math.Clamp(setting, 0, comparison.Settings.Count - 1), Math.Clamp(candidate, 1, comparison.Runs.Count - 1));
        Changed?.Invoke();
    }

    public void Turn(int page)
    {
        _page = page;
        Changed?.Invoke();
    }

    /// <summary>Shows groups and samples by a metric of this key.</summary>
    public void MeasureBy(string key)
    {
        (_metric, _page) = (key, 0);
        Changed?.Invoke();
    }

    public void CompareBy(bool characters)
    {
        ByCharacter = characters;
        Changed?.Invoke();
    }

    public void Dismiss()
    {
        Notice = null;
        Changed?.Invoke();
    }

    /// <summary>What the ids of a run's answers mean; null where its model is no longer on the shelf or cannot be read.</summary>
    public async Task<Tokenizer?> VocabularyAsync(RunRecord run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (shelf.Models.FirstOrDefault(model => model.Folder == run.Manifest.Model.Folder) is not { } model) return null;
        try
        {
            return await shelf.TokenizerAsync(model.Id);
        }
        catch (Exception error) when (Notices.Of(error) is not null)
        {
            return null; // the ids themselves are shown
        }
    }

    double GainOf(SampleDifference pair) => pair.Scores.FirstOrDefault(score => score.Key == Metric?.Key)?.Gain ?? 0;
}
