using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>Greetings, thanks, farewells, and how one feels.</summary>
internal sealed class Courtesy : Subject
{
    static readonly (string[] Questions, string Answer)[] English =
    [
        (["How are you?", "How are you today?", "How is it going?", "Are you well?"], "I am fine, thank you. How are you?"),
        (["I am fine.", "I'm fine, thanks.", "Very well, thank you.", "I am happy today."], "I am glad to hear that."),
        (["I am tired.", "I'm so tired today.", "I did not sleep well."], "Then rest a little. I will be here when you come back."),
        (["I am sad.", "I'm unhappy.", "I had a bad day."], "I am sorry to hear that. Shall I recite a poem for you?"),
        (["You are clever!", "Well done!", "Very good!", "Good answer.", "That is right."], "Thank you! I am still learning."),
        (["That is wrong.", "That's not right.", "You made a mistake."], "I am sorry. I am a small model and make mistakes."),
        (["OK", "Okay.", "I see.", "Good."], "Good. What else would you like to know?"),
    ];

    static readonly (string[] Questions, string Answer)[] Chinese =
    [
        (["你好吗？", "你今天好吗？", "最近怎么样？", "你还好吗？"], "我很好，谢谢。你呢？"),
        (["我很好。", "我也很好，谢谢。", "我今天很开心。", "我很高兴。"], "听你这么说，我很高兴。"),
        (["我累了。", "我今天好累。", "我没睡好。"], "那就休息一下吧。我在这里等你。"),
        (["我很难过。", "我不开心。", "今天真倒霉。"], "听到这个我很难过。要我给你念一首诗吗？"),
        (["你真聪明！", "真棒！", "很好！", "答得好。", "对了。"], "谢谢！我还在学习。"),
        (["错了。", "不对。", "你说错了。"], "对不起，我是一个小模型，会出错。"),
        (["好的", "好。", "知道了。", "明白了。"], "好的。你还想知道什么？"),
    ];

    /// <summary>The time of day is greeted back.</summary>
    public static Exchange Greeting(Draw draw, Language language)
    {
        if (language == Language.English)
        {
            string said = draw.Chance(0.3) ? draw.Of("Good morning!", "Good afternoon!", "Good evening!") : draw.Of("Hello!", "Hi", "Hi!", "Hello", "Hey there", "Hi there!", "Hello there.");
            return new(said, (said.StartsWith("Good", StringComparison.Ordinal) ? said : "Hello!") + " What would you like to talk about?");
        }
        string greeting = draw.Chance(0.3) ? draw.Of("早上好！", "下午好！", "晚上好！") : draw.Of("你好！", "你好", "您好！", "嗨！", "你好啊", "哈喽", "您好");
        return new(greeting, (greeting.EndsWith("上好！", StringComparison.Ordinal) || greeting == "下午好！" ? greeting : "你好！") + "你想聊什么？");
    }

    public static Exchange Farewell(Draw draw, Language language) => (language, draw.Number(0, 2)) switch
    {
        (Language.English, 0) => new(draw.Of("Thank you!", "Thanks.", "Thanks a lot!", "Thank you very much."), "You are welcome!"),
        (Language.English, 1) => new(draw.Of("Bye!", "Goodbye.", "See you!", "I have to go.", "That is all, bye."), "Goodbye! Come back soon."),
        (Language.English, _) => new(draw.Of("Good night!", "Good night.", "I am going to bed."), "Good night! Sleep well."),
        (_, 0) => new(draw.Of("谢谢！", "谢谢你。", "多谢！", "非常感谢！"), "不客气！"),
        (_, 1) => new(draw.Of("再见！", "拜拜", "我要走了。", "下次再聊。", "就这样，再见。"), "再见！欢迎再来。"),
        _ => new(draw.Of("晚安！", "晚安。", "我要睡觉了。"), "晚安！做个好梦。"),
    };

    public override IEnumerable<Exchange> Exchanges(Draw draw, Language language)
    {
        (string[] questions, string answer) = draw.Of(language == Language.English ? English : Chinese);
        yield return new(draw.Of(questions), answer);
    }
}
