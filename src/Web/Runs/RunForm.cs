using Juxta.Engine.Generation;
using Juxta.Eval.Suites;
using Juxta.Workbench.Models;
using Juxta.Workbench.Runs;

namespace Juxta.Web.Runs;

/// <summary>What a new evaluation is to run, as it is being filled in: models of the shelf, sets, what is done otherwise than they say, a name.</summary>
public sealed class RunForm(Evaluations evaluations, ModelShelf shelf)
{
    readonly List<Askable> _models = [];
    readonly List<Askable> _together = [];
    readonly Dictionary<(Askable Model, string Adapter), float> _scales = [];
    readonly List<string> _sets = [];
    readonly Dictionary<string, string> _with = new(StringComparer.Ordinal);

    /// <summary>Each base, followed by its adapters over it, one by one and then as they were put together.</summary>
    public IReadOnlyList<Askable> Askable => [.. shelf.Offered.SelectMany(model => (Askable[])[new(model.Id), .. model.Adapters.Select(adapter => new Askable(model.Id, adapter.Name)), .. _together.Where(several => several.Model == model.Id)])];

    /// <summary>Bases over which several adapters can act, with the names of these.</summary>
    public IReadOnlyList<(string Model, IReadOnlyList<string> Adapters)> Stackable =>
        [.. shelf.Models.Where(model => model.Adapters.Count > 1).Select(model => (model.Id, (IReadOnlyList<string>)[.. model.Adapters.Select(adapter => adapter.Name)]))];

    public IReadOnlyList<SetEntry> Sets => evaluations.Sets;

    /// <summary>Of the folder; empty = chosen by the time.</summary>
    public string Name { get; set; } = "";

    public bool Asks(Askable model) => _models.Contains(model);

    public bool Asks(SetEntry set) => _sets.Contains(set?.Id ?? "");

    public float ScaleOf(Askable model, string adapter) => _scales.GetValueOrDefault((model, adapter), 1);

    /// <summary>Takes a model in, or out again.</summary>
    public void Toggle(Askable model)
    {
        if (!_models.Remove(model)) _models.Add(model);
    }

    /// <summary>Takes a set in, or out again.</summary>
    public void Toggle(SetEntry set)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (!_sets.Remove(set.Id)) _sets.Add(set.Id);
    }

    /// <summary>Offers adapters that act together over one base, and takes them in.</summary>
    /// <param name="adapters">Two or more; fewer do nothing.</param>
    public void Together(string model, IReadOnlyList<string> adapters)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        if (adapters.Count < 2) return;
        var several = new Askable(model, [.. adapters]);
        if (!_together.Contains(several)) _together.Add(several);
        if (!_models.Contains(several)) _models.Add(several);
    }

    /// <summary>How strongly an adapter acts.</summary>
    public void Scale(Askable model, string adapter, float scale)
    {
        if (float.IsFinite(scale)) _scales[(model, adapter)] = scale;
    }

    /// <summary>What is done otherwise than the sets say, by the names of <see cref="SetOverride"/>; blank = as they say.</summary>
    public string With(string name) => _with.GetValueOrDefault(name, "");

    /// <inheritdoc cref="With(string)"/>
    public void Do(string name, string? value) => _with[name] = value ?? "";

    public RunRequest Request => new(Name,
        [.. Askable.Where(Asks).Select(model => new ModelChoice(model.Model, [.. model.Adapters.Select(adapter => new AdapterUse(adapter, ScaleOf(model, adapter)))]))],
        [.. Sets.Where(Asks).Select(set => set.Id)])
    {
        With = [.. SetOverride.Names.Where(name => !string.IsNullOrWhiteSpace(With(name))).Select(name => $"{name}={With(name).Trim()}")],
    };

    /// <summary>The command line that does the same.</summary>
    public string Command => evaluations.CommandLine(Request);

    /// <summary>Answers that will be asked for, or why there can be none.</summary>
    public (int Answers, string? Fault) Size
    {
        get
        {
            try
            {
                var with = SetOverride.Parse(Request.With);
                return (Request.Models.Count * Sets.Where(Asks).Sum(set => set.Set is { } known ? with.Of(known).Settings.Count * known.Samples.Count : 0), null);
            }
            catch (SuiteException error)
            {
                return (0, error.Message);
            }
        }
    }

    /// <summary>Begins it and returns its name; the form stays as it is, but for the name.</summary>
    public string Start()
    {
        string name = evaluations.Start(Request);
        Name = "";
        return name;
    }
}
