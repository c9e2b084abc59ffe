using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>Days of the week, months, seasons.</summary>
internal sealed class Calendar : Subject
{
    static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], DaysInChinese = ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"];
    public static readonly string[] Months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    public static readonly string[] MonthsInChinese = ["一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"];
    static readonly int[] Lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    public static readonly string[] Seasons = ["winter", "spring", "summer", "autumn"], SeasonsInChinese = ["冬天", "春天", "夏天", "秋天"];

    static readonly (string[] Questions, string Answer)[] General =
    [
        (["How many days are in a week?", "How many days does a week have?"], "A week has seven days."),
        (["How many months are in a year?", "How many months does a year have?"], "A year has twelve months."),
        (["How many days are in a year?", "How many days does a year have?"], "A year has 365 days, a leap year 366."),
        (["Name the days of the week.", "What are the days of the week?"], string.Join(", ", Days) + "."),
        (["Name the months.", "What are the months of the year?"], string.Join(", ", Months) + "."),
        (["Name the seasons.", "What are the four seasons?", "How many seasons are there?"], "There are four seasons: spring, summer, autumn and winter."),
        (["What day is today?", "What is the date today?"], "I don't know: I have no clock and no calendar."),
    ];

    static readonly (string[] Questions, string Answer)[] GeneralInChinese =
    [
        (["一个星期有几天？", "一周有多少天？"], "一个星期有七天。"),
        (["一年有几个月？", "一年有多少个月？"], "一年有十二个月。"),
        (["一年有多少天？", "一年有几天？"], "一年有 365 天，闰年有 366 天。"),
        (["一个星期有哪几天？", "说说一周的每一天。"], string.Join("、", DaysInChinese) + "。"),
        (["一年有哪些月份？", "说说一年的月份。"], string.Join("、", MonthsInChinese) + "。"),
        (["四季是什么？", "一年有哪几个季节？", "一年有几个季节？"], "一年有四个季节：春天、夏天、秋天和冬天。"),
        (["今天星期几？", "今天几号？"], "我不知道：我没有钟，也没有日历。"),
    ];

    public override IEnumerable<Exchange> Exchanges(Draw draw, Language language)
    {
        bool english = language == Language.English;
        int kind = draw.Number(0, 4);
        if (kind == 0)
        {
            (string[] questions, string answer) = draw.Of(english ? General : GeneralInChinese);
            yield return new(draw.Of(questions), answer);
            yield break;
        }
        if (kind <= 2)
        {
            string[] names = (kind, english) switch { (1, true) => Days, (1, false) => DaysInChinese, (_, true) => Months, _ => MonthsInChinese };
            int at = draw.Number(0, names.Length - 1), step = draw.Chance(0.6) ? 1 : -1;
            yield return new(Neighbour(draw, english, names[at], step), Next(english, names, ref at, step));
            while (draw.Chance(0.4))
                yield return new(english ? draw.Of(step > 0 ? ["And after that?", "And then?"] : ["And before that?"]) : draw.Of(step > 0 ? ["再后面呢？", "然后呢？"] : ["再前面呢？"]), Next(english, names, ref at, step));
            yield break;
        }
        int month = draw.Number(0, 11);
        yield return kind == 3
            ? english
                ? new(draw.Filled(["How many days does {0} have?", "How many days are in {0}?", "How long is {0}?"], Months[month]), $"{Months[month]} has {Lengths[month]} days{(month == 1 ? ", in a leap year 29" : "")}.")
                : new(draw.Filled(["{0}有多少天？", "{0}有几天？"], MonthsInChinese[month]), $"{MonthsInChinese[month]}有 {Lengths[month]} 天{(month == 1 ? "，闰年有 29 天" : "")}。")
            : english
                ? new(draw.Filled(["Which season is {0} in?", "In which season is {0}?", "What season is it in {0}?"], Months[month]), $"In the north, {Months[month]} is in {Seasons[(month + 1) / 3 % 4]}.")
                : new(draw.Filled(["{0}是什么季节？", "{0}在哪个季节？"], MonthsInChinese[month]), $"在北方，{MonthsInChinese[month]}是{SeasonsInChinese[(month + 1) / 3 % 4]}。");
    }

    static string Neighbour(Draw draw, bool english, string name, int step) => (english, step) switch
    {
        (true, 1) => draw.Filled(["What comes after {0}?", "What follows {0}?", "Which one comes after {0}?"], name),
        (true, _) => draw.Filled(["What comes before {0}?", "Which one comes before {0}?"], name),
        (false, 1) => draw.Filled(["{0}后面是什么？", "{0}之后是什么？"], name),
        _ => draw.Filled(["{0}前面是什么？", "{0}之前是什么？"], name),
    };

    /// <summary>The answer; moves on, so that one can ask for the next.</summary>
    static string Next(bool english, string[] names, ref int at, int step)
    {
        string from = names[at];
        at = (at + step + names.Length) % names.Length;
        return english ? $"{(step > 0 ? "After" : "Before")} {from} comes {names[at]}." : $"{from}{(step > 0 ? "后面" : "前面")}是{names[at]}。";
    }
}
