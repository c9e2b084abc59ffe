using System.Globalization;
using Juxta.Workbench.Models;

namespace Juxta.Workbench.Runs;

/// <summary>The command line that does what a form asks for.</summary>
internal static class RunCommand
{
    /// <param name="remotes">Models of other servers.</param>
    /// <param name="data">The data folder that keeps them.</param>
    /// <param name="models">Each with its folder and its adapters' folders.</param>
    /// <param name="sets">Folders of the sets.</param>
    /// <param name="with">What is done otherwise than the sets say.</param>
    /// <param name="output">The job's folder.</param>
    public static string Line(IReadOnlyList<RemoteModel> remotes, string data, IEnumerable<(string Folder, IReadOnlyList<(string Folder, float Scale)> Adapters)> models, IEnumerable<string> sets, IEnumerable<string> with, string output) => string.Join(' ',
    [
        "juxta eval run",
        .. models.Select(model => $"--model {Quoted(string.Join(':', model.Adapters.Select(Text).Prepend(model.Folder)))}"),
        .. remotes.Select(remote => $"--remote {Quoted(remote.Id)}"),
        .. remotes.Count > 0 ? [$"--data {Quoted(data)}"] : Array.Empty<string>(),
        .. sets.Select(set => $"--set {Quoted(set)}"),
        .. with.Select(one => $"--with {Quoted(one)}"),
        $"--out {Quoted(output)}",
    ]);

    static string Text((string Folder, float Scale) adapter) => adapter.Scale == 1 ? adapter.Folder : string.Create(CultureInfo.InvariantCulture, $"{adapter.Folder}={adapter.Scale}");

    /// <summary>As a POSIX shell reads it.</summary>
    static string Quoted(string text) => text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || "/._-+:=@,".Contains(letter, StringComparison.Ordinal)) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
