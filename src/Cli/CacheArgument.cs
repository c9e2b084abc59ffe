using System.CommandLine;
using Juxta.Engine;

namespace Juxta.Cli;

/// <summary><c>--cache</c>: how a command keeps the keys and values of texts in memory.</summary>
internal sealed class CacheArgument
{
    static readonly string Names = string.Join(", ", CacheStorage.All);

    public Option<string?> Option { get; } = new("--cache")
    {
        Description = $"Keep keys and values of texts as {string.Join("; ", CacheStorage.All.Select(storage => $"{storage}: {storage.What}"))}. By default f32; a model with another cache gives other answers, and its hash and runs say so",
        HelpName = string.Join('|', CacheStorage.All),
    };

    /// <summary>Null where the option was not given.</summary>
    /// <exception cref="InputException">There is no such storage.</exception>
    public CacheStorage? Of(ParseResult parsed) => parsed.GetValue(Option) is not { } name ? null
        : CacheStorage.Find(name) ?? throw new InputException($"--cache {name}: expected {Names}");
}
