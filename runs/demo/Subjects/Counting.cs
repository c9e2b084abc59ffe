using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>Counting up and down, and the neighbours of a number.</summary>
internal sealed class Counting : Subject
{
    public override IEnumerable<Exchange> Exchanges(Draw draw, Language language)
    {
        bool english = language == Language.English;
        int kind = draw.Number(0, 3), first = draw.Number(1, 10), last = Math.Min(20, first + draw.Number(2, 9));
        if (kind == 0)
        {
            yield return new(english ? draw.Filled(["Count from {0} to {1}.", "Please count from {0} to {1}.", "Can you count from {0} to {1}?"], first, last) : draw.Filled(["从 {0} 数到 {1}。", "请从 {0} 数到 {1}。", "你能从 {0} 数到 {1} 吗？"], first, last),
                List(Enumerable.Range(first, last - first + 1), english));
            if (draw.Chance(0.3))
                yield return new(english ? draw.Of("And backwards?", "Now backwards.") : draw.Of("倒着数呢？", "再倒着数一遍。"), List(Enumerable.Range(first, last - first + 1).Reverse(), english));
        }
        else if (kind == 1)
        {
            yield return new(english ? draw.Filled(["Count to {0}.", "Please count to {0}.", "Can you count to {0}?"], last) : draw.Filled(["数到 {0}。", "请数到 {0}。", "你会数到 {0} 吗？"], last), List(Enumerable.Range(1, last), english));
        }
        else
        {
            bool after = kind == 2;
            int number = draw.Number(1, 30);
            yield return new(
                (english, after) switch
                {
                    (true, true) => draw.Filled(["What comes after {0}?", "Which number comes after {0}?"], number),
                    (true, false) => draw.Filled(["What comes before {0}?", "Which number comes before {0}?"], number),
                    (false, true) => draw.Filled(["{0} 后面是几？", "{0} 的下一个数是几？"], number),
                    _ => draw.Filled(["{0} 前面是几？", "{0} 的上一个数是几？"], number),
                },
                (english, after) switch
                {
                    (true, true) => $"After {number} comes {number + 1}.",
                    (true, false) => $"Before {number} comes {number - 1}.",
                    (false, true) => $"{number} 后面是 {number + 1}。",
                    _ => $"{number} 前面是 {number - 1}。",
                });
        }
    }

    static string List(IEnumerable<int> numbers, bool english) => english ? string.Join(", ", numbers) + "." : string.Join("、", numbers) + "。";
}
