using System.IO.Compression;
using System.Text;
using Juxta.Engine;
using Juxta.Eval.Preferences;
using Juxta.Eval.Suites;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Runs;
using Juxta.Workbench.Studies;

namespace Juxta.Workbench.Votes;

/// <summary>A study's votes as files: raw events, a table, or training data in the formats of <see cref="PreferenceFormat"/> (docs/formats.md).</summary>
public sealed class VoteExports
{
    /// <summary>The log with undoings and corrections, and the votes that stand as a table.</summary>
    public const string Events = "events", Csv = "csv";

    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    readonly StudyShelf _studies;
    readonly StudyResults _results;
    readonly Evaluations _evaluations;

    internal VoteExports(StudyShelf studies, StudyResults results, Evaluations evaluations) => (_studies, _results, _evaluations) = (studies, results, evaluations);

    /// <summary>Which votes are on held-out samples, as a sentence; null where none are.</summary>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    public async Task<string?> HeldOutAsync(Guid study) => HeldOutOf(VoteEvent.Standing(await _results.EventsAsync(await FindAsync(study))));

    /// <summary>A file to download; of LLaMA-Factory's formats a zip with its dataset_info.json.</summary>
    /// <param name="study">The study.</param>
    /// <param name="format"><see cref="Events"/>, <see cref="Csv"/> or the name of a <see cref="PreferenceFormat"/>.</param>
    /// <param name="policy">How votes become training data.</param>
    /// <param name="heldOut">Held-out samples may become training data.</param>
    /// <exception cref="RequestException">There is no such format, nothing to export, or held-out samples would become training data.</exception>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    public async Task<ExportedFile> ExportAsync(Guid study, string format, ExportPolicy policy, bool heldOut)
    {
        IReadOnlyList<VoteEvent> events = await _results.EventsAsync(await FindAsync(study));
        if (format == Events) return new ExportedFile("votes.jsonl", "application/jsonl", Lines(events.Select(VoteFile.Line)), []);
        IReadOnlyList<Vote> votes = VoteEvent.Standing(events);
        if (format == Csv)
        {
            var table = new StringWriter();
            VoteTable.Write(table, votes);
            return new ExportedFile("votes.csv", "text/csv", Utf8.GetBytes(table.ToString()), []);
        }
        PreferenceFormat training = PreferenceFormat.All.FirstOrDefault(one => one.Name == format)
            ?? throw new RequestException($"there is no format '{format}'; there are {string.Join(", ", [.. PreferenceFormat.All.Select(one => one.Name), Events, Csv])}", "format");
        if (!heldOut && HeldOutOf(votes) is { } held) throw new RequestException($"{held}. Export votes on other prompts, or say that held-out samples may go too", "held_out");
        (IReadOnlyList<string> lines, IReadOnlyDictionary<string, int> leftOut) = training.Write(votes, policy);
        string[] reasons = [.. leftOut.Select(one => $"{one.Value} {one.Key}")];
        if (lines.Count == 0) throw new RequestException($"nothing is left to train on{(reasons.Length == 0 ? "" : $" ({string.Join(", ", reasons)})")}; any verdict, and ties that count, leave out least", "agreement");
        string file = $"{training.Name}.jsonl";
        return training.DatasetInfo is null ? new ExportedFile(file, "application/jsonl", Lines(lines), reasons)
            : new ExportedFile($"{training.Name}.zip", "application/zip", Zip((file, Lines(lines)), (DatasetInfo.FileName, Utf8.GetBytes(DatasetInfo.With(null, training.Name, training.DatasetInfo(file))))), reasons);
    }

    async Task<Study> FindAsync(Guid study) => (await _studies.ListAsync()).FirstOrDefault(one => one.Id == study) ?? throw new NotFoundException("there is no such study");

    string? HeldOutOf(IReadOnlyList<Vote> votes) => HeldOut.Describe(HeldOut.Find(votes, [.. _evaluations.Sets.Select(entry => entry.Set).OfType<EvalSet>()]), votes.Count);

    static byte[] Lines(IEnumerable<string> lines) => Utf8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    static byte[] Zip(params ReadOnlySpan<(string Name, byte[] Content)> files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in files)
            {
                using Stream entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }
}
