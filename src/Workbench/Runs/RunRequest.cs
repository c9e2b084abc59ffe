using System.Globalization;
using Juxta.Workbench.Models;

namespace Juxta.Workbench.Runs;

/// <summary>What to run: every model over every set. A job of this server, or a command line.</summary>
/// <param name="Name">The job's name: a folder's name; empty = chosen by the time.</param>
/// <param name="Models">Models of the shelf, each with the adapters that act on all its answers.</param>
/// <param name="Sets">Ids of sets that are offered (<see cref="Evaluations.Sets"/>).</param>
public sealed record RunRequest(string Name, IReadOnlyList<ModelChoice> Models, IReadOnlyList<string> Sets)
{
    /// <summary>What is done otherwise than the sets say, each <c>name=value</c> (<see cref="Eval.Suites.SetOverride"/>).</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>What a model with adapters is called among the runs, and what its folder is called: <c>base</c>, <c>base+adapter</c>, <c>base+adapter=0.5</c>.</summary>
    public static string NameOf(string model, IEnumerable<(string Name, float Scale)> adapters) =>
        string.Join('+', adapters.Select(adapter => adapter.Scale == 1 ? adapter.Name : string.Create(CultureInfo.InvariantCulture, $"{adapter.Name}={adapter.Scale}")).Prepend(model));

    /// <inheritdoc cref="NameOf(string, IEnumerable{ValueTuple{string, float}})"/>
    public static string NameOf(ModelChoice choice)
    {
        ArgumentNullException.ThrowIfNull(choice);
        return NameOf(choice.Model, choice.Adapters.Select(use => (use.Name, use.Scale)));
    }
}
