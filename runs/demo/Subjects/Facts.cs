using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>A thing that something is known about.</summary>
/// <param name="English">Without article.</param>
/// <param name="Facts">By aspect: what is answered in English and in Chinese.</param>
internal sealed record Thing(string English, string Chinese, IReadOnlyDictionary<string, (string English, string Chinese)> Facts);

/// <summary>A side of things that can be asked about. <c>{0}</c> is the thing, with its article in English.</summary>
/// <param name="EnglishIt">The question about the thing just spoken of.</param>
/// <param name="ChineseIt">The same in Chinese.</param>
internal sealed record Aspect(string Name, string[] English, string EnglishIt, string[] Chinese, string ChineseIt);

/// <summary>Questions about a closed list of things, and what one asks next: another thing, another side of it, its name in the other language.</summary>
internal class Facts(IReadOnlyList<Thing> things, IReadOnlyList<Aspect> aspects) : Subject
{
    public override IEnumerable<Exchange> Exchanges(Draw draw, Language language)
    {
        bool english = language == Language.English;
        Thing thing = draw.Of(things);
        Aspect aspect = Known(draw, thing);
        yield return new(english ? draw.Filled(aspect.English, Wording.One(thing.English)) : draw.Filled(aspect.Chinese, thing.Chinese), Answer(thing, aspect, english));
        while (draw.Chance(0.5))
        {
            int next = draw.Number(0, 2);
            if (next == 0)
            {
                Thing other = draw.Of(things);
                if (other == thing || !other.Facts.ContainsKey(aspect.Name)) continue;
                thing = other;
                yield return new(english ? draw.Filled(["And {0}?", "What about {0}?", "And what about {0}?"], Wording.One(thing.English)) : draw.Filled(["那{0}呢？", "{0}呢？"], thing.Chinese), Answer(thing, aspect, english));
            }
            else if (next == 1)
            {
                Aspect other = Known(draw, thing);
                if (other == aspect) continue;
                aspect = other;
                yield return new(english ? aspect.EnglishIt : aspect.ChineseIt, Answer(thing, aspect, english));
            }
            else
            {
                yield return english
                    ? new(draw.Of("And in Chinese?", "What is it called in Chinese?", "How do you say that in Chinese?"), Translation.ToChinese(thing.English, thing.Chinese, english))
                    : new(draw.Of("英文怎么说？", "它的英文是什么？", "用英文怎么说？"), Translation.ToEnglish(thing.English, thing.Chinese, english));
                yield break;
            }
        }
    }

    Aspect Known(Draw draw, Thing thing) => draw.Of([.. aspects.Where(aspect => thing.Facts.ContainsKey(aspect.Name))]);

    static string Answer(Thing thing, Aspect aspect, bool english) => english ? thing.Facts[aspect.Name].English : thing.Facts[aspect.Name].Chinese;
}
