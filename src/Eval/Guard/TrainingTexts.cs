using System.Text;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Guard;

/// <summary>
/// The records of a training file as texts, whatever their shape: every text in a record counts (questions, answers, rejected answers, plain text), so nothing
/// can hide in a field of another name. JSON Lines, a JSON list, CSV, or plain text with one record a line.
/// </summary>
internal static class TrainingTexts
{
    /// <summary>Fields whose texts name things.</summary>
    static readonly HashSet<string> Labels = new(StringComparer.Ordinal) { "id", "role", "from", "name", "type", "tags" };

    /// <param name="Line">Where it begins; asked for only where there is something to say, since finding it means reading again.</param>
    public sealed record Record(Func<int> Line, IReadOnlyList<string> Texts);

    /// <exception cref="SuiteException">There is no such file, or a record of it is damaged.</exception>
    public static IEnumerable<Record> Read(string path)
    {
        if (!File.Exists(path)) throw new SuiteException(Directory.Exists(path) ? $"{path} is a folder; name the training file in it" : $"{path}: no such file");
        return path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) ? Lines(path) : Json(path);
    }

    static IEnumerable<Record> Lines(string path)
    {
        int number = 0;
        foreach (string line in File.ReadLines(path, new UTF8Encoding(false)))
        {
            int here = ++number;
            if (!string.IsNullOrWhiteSpace(line)) yield return new Record(() => here, [line]);
        }
    }

    static IEnumerable<Record> Json(string path)
    {
        foreach (PlacedJson record in SampleFile.Records(path, File.ReadAllBytes(path)))
        {
            var texts = new List<string>();
            Add(record, texts);
            yield return new Record(() => record.Line, texts);
        }
    }

    static void Add(PlacedJson value, List<string> texts)
    {
        if (value.IsText) texts.Add(value.Text());
        else if (value.IsList) foreach (PlacedJson item in value.Items()) Add(item, texts);
        else if (value.Element.ValueKind == System.Text.Json.JsonValueKind.Object)
        {
            foreach ((string name, PlacedJson field) in value.Fields())
                if (!Labels.Contains(name)) Add(field, texts);
        }
    }
}
