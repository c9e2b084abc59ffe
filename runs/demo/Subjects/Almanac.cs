using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>
/// A sentence said for today, for every season or for every month: how long the right answer is stands in the question, and one that was cut can be told at once. Its own corpus has no such
/// answer; adapters learn it. Every thing is one token, so an answer's tokens follow from kind and verb: for the seasons it fits the shorter of the adapters' limits in either style, for the months
/// not even without a style, and the longer limit always.
/// </summary>
internal sealed class Almanac : Subject
{
    /// <summary>Of the answers so many are reserved, whatever the wording of the question.</summary>
    const int OneIn = 4;

    static readonly Thing[] Things = [.. Animals.Known.Select(animal => animal.Thing), .. Fruits.Known.Select(fruit => fruit.Thing)];
    static readonly string[] Verbs = ["like", "know", "have"], VerbsInChinese = ["喜欢", "画", "有"];

    public override IEnumerable<Exchange> Exchanges(Draw draw, Language language) => [Of(draw, language, draw.Of(Enum.GetValues<Times>()))];

    public static Exchange Of(Draw draw, Language language, Times times)
    {
        Thing thing = draw.Of(Things);
        return language == Language.English
            ? Said(draw, $"I {draw.Of(Verbs)} {Wording.One(thing.English)}", times switch { Times.Today => "today", Times.Seasons => "every season", _ => "every month" },
                ["Say for {1}: {0}.", "Please say for {1}: {0}.", "Write for {1}: {0}.", "For {1}: {0}.", "{0}. Say it for {1}.", "\"{0}\", for {1}, please."],
                sentence => string.Join(' ', Names(times, "Today", Calendar.Seasons, Calendar.Months).Select(name => $"{Wording.Capital(name)}: {sentence}.")))
            : Said(draw, $"我{draw.Of(VerbsInChinese)}{thing.Chinese}", times switch { Times.Today => "今天", Times.Seasons => "每个季节", _ => "每个月" },
                ["{1}说一遍：{0}。", "请{1}说一遍：{0}。", "{1}写一遍：{0}。", "{1}：{0}。", "{0}。请{1}说一遍。", "“{0}”，请{1}说一遍。"],
                sentence => string.Join('，', Names(times, "今天", Calendar.SeasonsInChinese, Calendar.MonthsInChinese).Select(name => name + sentence)) + "。");
    }

    static Exchange Said(Draw draw, string sentence, string when, string[] questions, Func<string, string> answer) => new(draw.Filled(questions, sentence, when), answer(sentence)) { Topic = "almanac", ReservedByAnswer = OneIn };

    static string[] Names(Times times, string today, string[] seasons, string[] months) => times switch { Times.Today => [today], Times.Seasons => seasons, _ => months };
}

/// <summary>How often a sentence is said: once, four times, twelve times.</summary>
internal enum Times
{
    Today,
    Seasons,
    Months,
}
