using System.CommandLine;
using Juxta.Engine.Weights.Packed;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta packed</c>: the packed weights that are kept so that a model opens faster the next time.</summary>
internal static class PackedCommand
{
    static readonly string Teaching = $"""
        Show the packed weights that are kept for opening models again, or clear them.

        Opening a checkpoint rounds and packs its weights; the result is kept in a file and mapped the next time, for the same files (told by their content) and the
        same --weights. The longest unused go beyond {PackedFolder.LimitVariable} gigabytes (20). {PackedFolder.Variable} names another cache folder, or 'off'.
        Nothing here is needed: what is cleared is packed again.
          juxta packed
          juxta packed clear
          {PackedFolder.Variable}=off juxta generate --model DIR --prompt "…"
        """;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("packed", Teaching) { json, Clear() };
        command.SetAction(parsed =>
        {
            PackedFolder folder = PackedFolder.Default;
            IReadOnlyList<PackedEntry> kept = folder.List();
            if (parsed.GetValue(json)) JsonLines.Write(new { folder = folder.Path, limit_bytes = folder.LimitBytes, bytes = kept.Sum(entry => entry.Bytes), kept });
            else Print(folder, kept);
            return 0;
        });
        return command;
    }

    static Command Clear()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("clear", "Delete all of them; models that are open go on.") { json };
        command.SetAction(parsed =>
        {
            PackedFolder folder = PackedFolder.Default;
            IReadOnlyList<PackedEntry> kept = folder.List();
            folder.Clear();
            if (parsed.GetValue(json)) JsonLines.Write(new { folder = folder.Path, cleared = kept.Count, bytes = kept.Sum(entry => entry.Bytes) });
            else Terminal.WriteLine(folder.Path is null ? Off : $"{kept.Count} cleared, {kept.Sum(entry => entry.Bytes) / 1e9:0.00} GB of {folder.Path}");
            return 0;
        });
        return command;
    }

    static string Off => $"nothing is kept: {PackedFolder.Variable} is off";

    static void Print(PackedFolder folder, IReadOnlyList<PackedEntry> kept)
    {
        if (folder.Path is null)
        {
            Terminal.WriteLine(Off);
            return;
        }
        Terminal.WriteLine($"{folder.Path}: {kept.Sum(entry => entry.Bytes) / 1e9:0.00} GB of at most {folder.LimitBytes / 1e9:0.##}");
        if (kept.Count == 0) return;
        var table = new DataTable("model", "weights", "MB", "last used") { Words = ["weights"] };
        foreach (PackedEntry entry in kept) table.Add(entry.Model ?? "damaged", entry.Weights, $"{entry.Bytes / 1e6:N0}", $"{entry.LastUsed.LocalDateTime:yyyy-MM-dd HH:mm}");
        table.Write(Terminal.Out);
    }
}
