using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>A name that is told and asked for again: what a conversation remembers.</summary>
internal sealed class Names : Subject
{
    static readonly string[] English = ["Anna", "Tom", "Lily", "Jack", "Mary", "Peter", "Emma", "David", "Lucy", "Sam", "Alice", "Ben", "Grace", "Leo", "Nina", "Paul", "Rosa", "Max"];
    static readonly string[] Chinese = ["小明", "小红", "小华", "小丽", "小强", "小芳", "大伟", "李雷", "王芳", "张伟", "小雨", "小雪", "阿明", "阿文", "小刚", "小兰", "小云", "小龙"];

    public override IEnumerable<Exchange> Exchanges(Draw draw, Language language)
    {
        bool english = language == Language.English;
        string name = draw.Of(english ? English : Chinese);
        yield return english
            ? new(draw.Filled(["My name is {0}.", "I am {0}.", "I'm {0}.", "Hello, my name is {0}.", "Call me {0}."], name), $"Nice to meet you, {name}!")
            : new(draw.Filled(["我叫{0}。", "我的名字是{0}。", "你好，我叫{0}。", "叫我{0}吧。", "我是{0}。"], name), $"很高兴认识你，{name}！");
        if (draw.Chance(0.7))
            yield return english
                ? new(draw.Of("What is my name?", "Do you remember my name?", "Who am I?", "What's my name?"), $"Your name is {name}.")
                : new(draw.Of("我叫什么名字？", "你还记得我叫什么吗？", "我是谁？", "我叫什么？"), $"你叫{name}。");
    }
}
