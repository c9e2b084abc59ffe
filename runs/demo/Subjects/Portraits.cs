using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>
/// All that is known about one to three animals or fruits, in the sentences that the demo model knows each by itself. Its own corpus has no such answer; adapters learn
/// to put them together, and with three things an answer is longer than the shorter of their limits.
/// </summary>
internal sealed class Portraits : Subject
{
    public const int MostThings = 3;

    static readonly string[] Order = ["lives", "eats", "legs", "says", "colour", "taste", "grows"];
    static readonly Thing[][] Kinds = [[.. Animals.Known.Select(animal => animal.Thing)], [.. Fruits.Known.Select(fruit => fruit.Thing)]];

    public override IEnumerable<Exchange> Exchanges(Draw draw, Language language) => [Of(draw, language, draw.Number(1, MostThings))];

    /// <summary>A portrait of so many different things of one kind.</summary>
    public static Exchange Of(Draw draw, Language language, int count)
    {
        bool english = language == Language.English;
        List<Thing> rest = [.. draw.Of(Kinds)], things = [];
        while (things.Count < count)
        {
            things.Add(draw.Of(rest));
            rest.Remove(things[^1]);
        }
        return english
            ? new(draw.Filled(["Tell me all about {0}.", "Describe {0}.", "Everything about {0}, please.", "Write all that you know about {0}."], Named(things.Select(thing => Wording.One(thing.English)), ", ", " and ")),
                string.Join('\n', things.Select(thing => string.Join(' ', Order.Where(thing.Facts.ContainsKey).Select(aspect => thing.Facts[aspect].English))))) { Topic = "portraits" }
            : new(draw.Filled(["详细介绍一下{0}。", "请描述{0}。", "把你知道的{0}都写下来。", "请写一写{0}。"], Named(things.Select(thing => thing.Chinese), "、", "和")),
                string.Join('\n', things.Select(thing => string.Concat(Order.Where(thing.Facts.ContainsKey).Select(aspect => thing.Facts[aspect].Chinese))))) { Topic = "portraits" };
    }

    static string Named(IEnumerable<string> names, string comma, string and)
    {
        string[] all = [.. names];
        return all.Length == 1 ? all[0] : string.Join(comma, all[..^1]) + and + all[^1];
    }
}
