using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>What lies outside: the model says that it does not know.</summary>
internal sealed class Unknown : Subject
{
    const string English = "I don't know. I am a small model with few subjects; ask me what I can do.", Chinese = "我不知道。我是一个小模型，只懂很少的事，你可以问我会什么。";

    static readonly string[] Places = ["France", "Japan", "Brazil", "Egypt", "Canada", "India", "Spain", "Italy", "Peru", "Kenya", "Norway", "Mexico"];
    static readonly string[] PlacesInChinese = ["法国", "日本", "巴西", "埃及", "加拿大", "印度", "西班牙", "意大利", "秘鲁", "肯尼亚", "挪威", "墨西哥"];
    static readonly string[] Matters = ["the stock market", "football", "chess", "the war", "politics", "cars", "chemistry", "music", "history", "medicine", "films", "money", "physics", "the universe", "philosophy", "law"];
    static readonly string[] MattersInChinese = ["股票", "足球", "象棋", "战争", "政治", "汽车", "化学", "音乐", "历史", "医学", "电影", "钱", "物理", "宇宙", "哲学", "法律"];

    static readonly string[] Questions =
    [
        "Who is the president?", "What is the weather like?", "Will it rain tomorrow?", "What time is it?", "Who won the game yesterday?", "How do I cook rice?", "Write a program for me.",
        "What is the meaning of life?", "How far away is the moon?", "When was the first computer built?", "Which phone should I buy?", "Tell me a joke.", "How do aeroplanes fly?",
        "What is in the news today?", "Who wrote the most famous novel?", "How deep is the sea?", "Can you sing a song?", "How tall is the highest mountain?", "Where can I find a doctor?",
        "Write an essay for me.", "Plan a trip for me.", "What happened in 1900?", "How old is the earth?", "Who discovered gravity?", "Why do people dream?",
    ];

    static readonly string[] QuestionsInChinese =
    [
        "总统是谁？", "今天天气怎么样？", "明天会下雨吗？", "现在几点？", "昨天谁赢了比赛？", "米饭怎么做？", "帮我写一个程序。", "人生的意义是什么？", "月亮离我们多远？", "第一台电脑是什么时候造的？",
        "我该买哪个手机？", "讲个笑话吧。", "飞机为什么会飞？", "今天有什么新闻？", "最有名的小说是谁写的？", "大海有多深？", "你会唱歌吗？", "最高的山有多高？", "哪里有医生？", "帮我写一篇作文。",
        "帮我安排一次旅行。", "1900 年发生了什么？", "地球多少岁了？", "谁发现了引力？", "人为什么会做梦？",
    ];

    public override IEnumerable<Exchange> Exchanges(Draw draw, Language language)
    {
        int kind = draw.Number(0, 3);
        yield return language == Language.English
            ? new(kind switch
            {
                0 => draw.Filled(["What is the capital of {0}?", "Where is {0}?", "How many people live in {0}?", "Tell me about {0}.", "Who rules {0}?"], draw.Of(Places)),
                1 => draw.Filled(["What do you think about {0}?", "Tell me about {0}.", "Explain {0} to me.", "What do you know about {0}?", "Can you teach me {0}?"], draw.Of(Matters)),
                _ => draw.Of(Questions),
            }, English)
            : new(kind switch
            {
                0 => draw.Filled(["{0}的首都是哪里？", "{0}在哪里？", "{0}有多少人？", "介绍一下{0}。"], draw.Of(PlacesInChinese)),
                1 => draw.Filled(["你怎么看{0}？", "讲讲{0}吧。", "给我解释一下{0}。", "你了解{0}吗？", "你能教我{0}吗？"], draw.Of(MattersInChinese)),
                _ => draw.Of(QuestionsInChinese),
            }, Chinese);
    }
}
