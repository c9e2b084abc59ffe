using System.Collections.Concurrent;
using Juxta.Eval.Suites;

namespace Juxta.Workbench.Runs;

/// <summary>The eval sets below some folders; a set is read again when a file of it has changed.</summary>
internal sealed class SetShelf(IReadOnlyList<string> roots)
{
    readonly ConcurrentDictionary<string, (DateTime Changed, SetEntry Entry)> _read = new(StringComparer.Ordinal);

    /// <summary>The sets there are now, by id; of two with one id the first.</summary>
    public IReadOnlyList<SetEntry> Find() =>
    [
        .. roots.Where(Directory.Exists).SelectMany(root => Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
            .Where(folder => File.Exists(Path.Combine(folder, EvalSet.FileName))).Select(Read).DistinctBy(entry => entry.Id),
    ];

    SetEntry Read(string folder)
    {
        DateTime changed = Directory.EnumerateFiles(folder).Max(File.GetLastWriteTimeUtc);
        if (_read.TryGetValue(folder, out (DateTime Changed, SetEntry Entry) known) && known.Changed == changed) return known.Entry;
        SetEntry entry;
        try
        {
            EvalSet set = EvalSet.Open(folder);
            entry = new SetEntry(set.Id, folder, set, null);
        }
        catch (SuiteException error)
        {
            entry = new SetEntry(Path.GetFileName(folder), folder, null, error.Message);
        }
        _read[folder] = (changed, entry);
        return entry;
    }
}
