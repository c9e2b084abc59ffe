using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>Small sums: additions up to 9 + 9, subtractions from up to 10, products up to 5 × 9; larger ones are refused.</summary>
internal sealed class Sums : Subject
{
    static readonly string[] Signs = ["+", "-", "×"], English = ["plus", "minus", "times"], Chinese = ["加", "减", "乘"];

    public override IEnumerable<Exchange> Exchanges(Draw draw, Language language)
    {
        bool english = language == Language.English;
        if (draw.Chance(0.1))
        {
            (int large, int sign, int other) = (draw.Number(30, 999), draw.Number(0, 2), draw.Number(11, 999));
            yield return english
                ? new(draw.Filled(["What is {0} {1} {2}?", "How much is {0} {1} {2}?", "{0} {1} {2} = ?"], large, Signs[sign], other), "These numbers are too large for me: I only learnt small sums.")
                : new(draw.Filled(["{0} {1} {2} 等于多少？", "{0} {1} {2} = ?", "请算一下 {0} {1} {2}。"], large, Signs[sign], other), "这些数对我来说太大了，我只学过简单的计算。");
            yield break;
        }
        do
        {
            int kind = draw.Number(0, 2);
            (int a, int b) = kind switch { 0 => (draw.Number(1, 9), draw.Number(1, 9)), 1 => (draw.Number(2, 10), 0), _ => (draw.Number(1, 5), draw.Number(1, 9)) };
            if (kind == 1) b = draw.Number(1, a);
            int result = kind switch { 0 => a + b, 1 => a - b, _ => a * b };
            yield return english
                ? new(draw.Filled(["What is {0} {1} {2}?", "How much is {0} {1} {2}?", "{0} {1} {2} = ?", "{0} {1} {2}", "Calculate {0} {1} {2}.", "What is {0} {3} {2}?", "How much is {0} {3} {2}?"], a, Signs[kind], b, English[kind]), $"{a} {Signs[kind]} {b} = {result}")
                : new(draw.Filled(["{0} {1} {2} 等于多少？", "{0} {1} {2} 等于几？", "{0} {1} {2} = ?", "{0} {1} {2}", "请算一下 {0} {1} {2}。", "{0} {3} {2} 等于几？", "{0}{3}{2}等于多少？"], a, Signs[kind], b, Chinese[kind]), $"{a} {Signs[kind]} {b} = {result}");
        }
        while (draw.Chance(0.4));
    }
}
