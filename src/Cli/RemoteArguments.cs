using System.CommandLine;
using Juxta.Workbench;
using Juxta.Workbench.Models;
using Microsoft.Extensions.AI;

namespace Juxta.Cli;

/// <summary>The options by which commands name models of other servers, as <c>juxta models add</c> keeps them.</summary>
/// <param name="what">Of <c>--remote</c>, for its help.</param>
internal sealed class RemoteArguments(string what)
{
    public Option<string[]> Remote { get; } = new("--remote") { Description = what, HelpName = "NAME" };

    public Option<string?> Data { get; } = DataOption();

    public static Option<string?> DataOption() => new("--data") { Description = $"Data folder that keeps models of other servers; default {WorkbenchOptions.DefaultDataFolder}", HelpName = "DIR" };

    public void AddTo(Command command)
    {
        command.Add(Remote);
        command.Add(Data);
    }

    /// <exception cref="InputException">None is called that.</exception>
    public IReadOnlyList<(RemoteModel Model, IChatClient Client)> Read(ParseResult parsed)
    {
        string[] names = parsed.GetValue(Remote) ?? [];
        if (names.Length == 0) return [];
        string folder = parsed.GetValue(Data) ?? WorkbenchOptions.DefaultDataFolder;
        RemoteShelf shelf = Open(folder);
        return [.. names.Select(name => shelf.Find(name)
            ?? throw new InputException($"--remote {name}: no model of another server is called that; there are {(shelf.All.Count == 0 ? $"none in {folder}, add one with juxta models add" : string.Join(", ", shelf.All.Select(model => model.Id)))}"))];
    }

    public static RemoteShelf Open(string? folder)
    {
        var shelf = new RemoteShelf(folder ?? WorkbenchOptions.DefaultDataFolder);
        shelf.LookAgain();
        return shelf;
    }
}
