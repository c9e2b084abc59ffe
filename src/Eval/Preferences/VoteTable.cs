using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Juxta.Eval.Ratings;

namespace Juxta.Eval.Preferences;

/// <summary>
/// Votes as CSV (RFC 4180) with the names of votes files, for spreadsheets and statistics programs; <see cref="VoteFile"/> reads it back. It holds no texts of
/// conversations. A cell that a spreadsheet would take for a formula gets an apostrophe in front.
/// </summary>
public static class VoteTable
{
    static readonly (string Name, Func<Vote, object?> Of)[] Columns =
    [
        ("id", v => v.Id), ("item", v => v.Item), ("a", v => v.A), ("b", v => v.B), ("winner", v => v.Verdict?.Word() ?? "skip"), ("annotator", v => v.Annotator),
        ("left", v => v.ALeft switch { true => "a", false => "b", _ => null }), ("strength", v => v.Strength), ("reason", v => v.Reason), ("time", v => v.Time?.ToString("O", CultureInfo.InvariantCulture)),
        ("seconds", v => v.Seconds), ("set", v => v.Set), ("language", v => v.Language), ("gold", v => v.Gold?.Word()), ("purpose", v => VoteFile.Word(v.Purpose)), ("tags", v => string.Join(";", v.Tags)),
    ];

    public static void Write(TextWriter output, IReadOnlyList<Vote> votes)
    {
        ArgumentNullException.ThrowIfNull(votes);
        string[] criteria = [.. votes.SelectMany(v => v.Criteria.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        using var csv = new CsvWriter(output, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n", InjectionOptions = InjectionOptions.Escape }, leaveOpen: true);
        foreach (string name in (IEnumerable<string>)[.. Columns.Select(c => c.Name), .. criteria.Select(c => $"{VoteFile.CriterionColumn}{c}")]) csv.WriteField(name);
        csv.NextRecord();
        foreach (Vote vote in votes)
        {
            foreach ((_, Func<Vote, object?> of) in Columns) csv.WriteField(Convert.ToString(of(vote), CultureInfo.InvariantCulture));
            foreach (string criterion in criteria) csv.WriteField(vote.Criteria.TryGetValue(criterion, out Verdict verdict) ? verdict.Word() : null);
            csv.NextRecord();
        }
    }
}
