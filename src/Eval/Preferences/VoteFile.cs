using System.Globalization;
using System.Text;
using System.Text.Json;
using Juxta.Eval.Ratings;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Preferences;

/// <summary>
/// Votes files: JSON Lines, or CSV of the same names. A line needs <c>a</c>, <c>b</c> and <c>winner</c> (a, b, tie, both_bad or skip); all other fields of
/// <see cref="Vote"/> may be there, fields of other names are passed over (docs/ratings.md).
/// </summary>
public static class VoteFile
{
    const string Skip = "skip", Repeat = "repeat", Adjudicated = "adjudication";

    /// <summary>Before the name of a criterion that is a column.</summary>
    internal const string CriterionColumn = "criteria.";

    /// <summary>All events of a file, in order.</summary>
    /// <param name="path">For messages; <c>.csv</c> is read as a table.</param>
    /// <param name="content">The whole file, UTF-8.</param>
    /// <exception cref="VoteException">Names the file, the line and the field at fault.</exception>
    public static IReadOnlyList<VoteEvent> Read(string path, ReadOnlyMemory<byte> content)
    {
        try
        {
            return [.. SampleFile.Records(path, content).Select(Event)];
        }
        catch (SuiteException error)
        {
            throw new VoteException(error.Message, error);
        }
    }

    static VoteEvent Event(PlacedJson line)
    {
        string? undoes = Label(line, "undoes");
        return undoes is not null && line.Find("a") is null && line.Find("winner") is null ? new VoteEvent(null, undoes) : new VoteEvent(Vote(line), undoes);
    }

    static Vote Vote(PlacedJson line)
    {
        string a = line.Require("a").Text(), b = line.Require("b").Text();
        if (a == b) throw line.Error($"'a' and 'b' are both '{a}'; a vote compares two models");
        PlacedJson winner = line.Require("winner");
        return new Vote(a, b, winner.Text() == Skip ? null : Verdict(winner, ", tie, both_bad or skip"))
        {
            Id = Label(line, "id"),
            Item = Label(line, "item"),
            Annotator = Label(line, "annotator"),
            ALeft = line.Find("left") is { } left ? left.Text() switch { "a" => true, "b" => false, _ => throw left.Wrong("which of the two was shown on the left: a or b") } : null,
            Strength = line.Find("strength") is { } strength ? Number(strength) is var degree and (1 or 2 or 3) ? (int)degree : throw strength.Wrong("1 (slightly better), 2 or 3 (much better)") : null,
            Criteria = Criteria(line).ToDictionary(c => c.Name, c => Verdict(c.Value, ", tie or both_bad")),
            Reason = line.Find("reason")?.Text(),
            Time = line.Find("time") is { } time ? Moment(time) : null,
            Seconds = line.Find("seconds") is { } seconds ? Number(seconds) is >= 0 and var spent ? spent : throw seconds.Wrong("the seconds it took, 0 or more") : null,
            Tags = line.Find("tags") is { } tags ? tags.IsText ? tags.Text().Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : tags.Texts() : [],
            Set = line.Find("set")?.Text(),
            Language = line.Find("language")?.Text(),
            Purpose = line.Find("purpose") is { } purpose ? purpose.Text() switch { Repeat => VotePurpose.Repeat, Adjudicated => VotePurpose.Adjudication, _ => throw purpose.Wrong($"{Repeat} or {Adjudicated}, or no such field") } : VotePurpose.Ordinary,
            Gold = line.Find("gold") is { } gold ? Verdict(gold, ", tie or both_bad") : null,
            Texts = line.Find("messages") is { } messages ? new JudgedTexts([.. messages.Items().Select(SampleShapes.Message)], line.Require("answer_a").Text(), line.Require("answer_b").Text()) : null,
        };
    }

    static IEnumerable<(string Name, PlacedJson Value)> Criteria(PlacedJson line) => line.Find("criteria")?.Fields()
        ?? line.Fields().Where(f => f.Name.StartsWith(CriterionColumn, StringComparison.Ordinal)).Select(f => (f.Name[CriterionColumn.Length..], f.Value));

    static Verdict Verdict(PlacedJson word, string others) => Verdicts.Read(word.Text()) ?? throw word.Wrong($"a, b{others}");

    /// <summary>Items and people may be numbered.</summary>
    static string? Label(PlacedJson line, string name) => line.Find(name) switch
    {
        null => null,
        { Element.ValueKind: JsonValueKind.Number } number => number.Element.GetRawText(),
        var text => text.Text(),
    };

    /// <summary>A table has numbers as text.</summary>
    static double Number(PlacedJson value) => value.Element.ValueKind == JsonValueKind.Number ? value.Element.GetDouble()
        : value.IsText && double.TryParse(value.Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw value.Wrong("a number");

    static DateTimeOffset Moment(PlacedJson time) =>
        DateTimeOffset.TryParse(time.Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset found) ? found : throw time.Wrong("a time such as 2026-11-30T07:00:00Z");

    /// <summary>Null for an ordinary vote.</summary>
    internal static string? Word(VotePurpose purpose) => purpose switch { VotePurpose.Repeat => Repeat, VotePurpose.Adjudication => Adjudicated, _ => null };

    /// <summary>An event as one line, with the fields that it has.</summary>
    public static string Line(VoteEvent entry)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) Write(json, entry);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    static void Write(Utf8JsonWriter json, VoteEvent entry)
    {
        json.WriteStartObject();
        if (entry.Vote?.Id is { } id) json.WriteString("id", id);
        if (entry.Undoes is { } undoes) json.WriteString("undoes", undoes);
        if (entry.Vote is { } vote) Write(json, vote);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, Vote vote)
    {
        Optional(json, "item", vote.Item);
        json.WriteString("a", vote.A);
        json.WriteString("b", vote.B);
        json.WriteString("winner", vote.Verdict?.Word() ?? Skip);
        Optional(json, "annotator", vote.Annotator);
        Optional(json, "left", vote.ALeft switch { true => "a", false => "b", _ => null });
        if (vote.Strength is { } strength) json.WriteNumber("strength", strength);
        if (vote.Criteria.Count > 0)
        {
            json.WriteStartObject("criteria");
            foreach ((string name, Verdict verdict) in vote.Criteria) json.WriteString(name, verdict.Word());
            json.WriteEndObject();
        }
        Optional(json, "reason", vote.Reason);
        Optional(json, "time", vote.Time?.ToString("O", CultureInfo.InvariantCulture));
        if (vote.Seconds is { } seconds) json.WriteNumber("seconds", seconds);
        Optional(json, "set", vote.Set);
        Optional(json, "language", vote.Language);
        Optional(json, "gold", vote.Gold?.Word());
        Optional(json, "purpose", Word(vote.Purpose));
        if (vote.Tags.Count > 0)
        {
            json.WriteStartArray("tags");
            foreach (string tag in vote.Tags) json.WriteStringValue(tag);
            json.WriteEndArray();
        }
        if (vote.Texts is not { } texts) return;
        json.WriteStartArray("messages");
        foreach ((string role, string content) in texts.Messages)
        {
            json.WriteStartObject();
            json.WriteString("role", role);
            json.WriteString("content", content);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("answer_a", texts.AnswerA);
        json.WriteString("answer_b", texts.AnswerB);
    }

    static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }
}
