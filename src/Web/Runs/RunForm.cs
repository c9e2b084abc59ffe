using Juxta.Engine.Generation;
using Juxta.Workbench.Models;
using Juxta.Workbench.Runs;

namespace Juxta.Web.Runs;

/// <summary>A model, alone or with one of its adapters, that can be ticked in the form.</summary>
/// <param name="Model">Id of the base.</param>
/// <param name="Adapter">Null = the base alone.</param>
public sealed record Askable(string Model, string? Adapter)
{
    public string Name => Adapter is null ? Model : $"{Model} + {Adapter}";
}

/// <summary>What a new evaluation is to run, as it is being filled in: models of the shelf, sets, a name.</summary>
public sealed class RunForm(EvalRuns runs, ModelShelf shelf)
{
    readonly List<Askable> _models = [];
    readonly Dictionary<Askable, float> _scales = [];
    readonly List<string> _sets = [];

    /// <summary>Each base, followed by its adapters over it.</summary>
    public IReadOnlyList<Askable> Askable => [.. shelf.Offered.SelectMany(model => model.Adapters.Select(adapter => new Askable(model.Id, adapter.Name)).Prepend(new Askable(model.Id, null)))];

    public IReadOnlyList<SetEntry> Sets => runs.Sets;

    /// <summary>Of the folder; empty = chosen by the time.</summary>
    public string Name { get; set; } = "";

    public bool Asks(Askable model) => _models.Contains(model);

    public bool Asks(SetEntry set) => _sets.Contains(set?.Id ?? "");

    public float ScaleOf(Askable model) => _scales.GetValueOrDefault(model, 1);

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

    /// <summary>How strongly an adapter acts.</summary>
    public void Scale(Askable model, float scale)
    {
        if (float.IsFinite(scale)) _scales[model] = scale;
    }

    public RunRequest Request => new(Name,
        [.. Askable.Where(Asks).Select(model => new ModelChoice(model.Model, model.Adapter is { } adapter ? [new AdapterUse(adapter, ScaleOf(model))] : []))],
        [.. Sets.Where(Asks).Select(set => set.Id)]);

    /// <summary>The command line that does the same.</summary>
    public string Command => runs.CommandLine(Request);

    /// <summary>Answers that will be asked for.</summary>
    public int Answers => Request.Models.Count * Sets.Where(Asks).Sum(set => set.Set is { } known ? known.Settings.Count * known.Samples.Count : 0);

    /// <summary>Begins it and returns its name; the form stays as it is, but for the name.</summary>
    public string Start()
    {
        string name = runs.Start(Request);
        Name = "";
        return name;
    }
}
