using System.CommandLine;
using Juxta.Engine;

namespace Juxta.Cli;

/// <summary><c>--weights</c>: how a command keeps a model's weights in memory.</summary>
internal sealed class WeightsArgument
{
    static readonly string Names = string.Join(", ", WeightStorage.All);

    public Option<string?> Option { get; } = new("--weights")
    {
        Description = $"Keep weights in memory as {string.Join("; ", WeightStorage.All.Select(storage => $"{storage}: {storage.What}"))}. By default as the files store them",
        HelpName = string.Join('|', WeightStorage.All),
    };

    /// <summary>Null where the option was not given.</summary>
    /// <exception cref="InputException">There is no such storage.</exception>
    public WeightStorage? Of(ParseResult parsed) => parsed.GetValue(Option) is { } name ? Parse(name) : null;

    public static WeightStorage Parse(string name) => WeightStorage.Find(name) ?? throw new InputException($"--weights {name}: expected {Names}");
}
