using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>The colours of things, and what colours mix to.</summary>
internal sealed class Colours : Subject
{
    static readonly (string English, string Chinese, string Colour, string ColourChinese)[] Things =
    [
        ("the sky", "天空", "blue", "蓝色"), ("the sea", "大海", "blue", "蓝色"), ("the grass", "草", "green", "绿色"), ("a leaf", "树叶", "green", "绿色"), ("the snow", "雪", "white", "白色"), ("milk", "牛奶", "white", "白色"),
        ("a cloud", "云", "white", "白色"), ("coal", "煤", "black", "黑色"), ("the night", "夜晚", "black", "黑色"), ("the sun", "太阳", "yellow", "黄色"), ("a tomato", "西红柿", "red", "红色"), ("fire", "火", "red", "红色"),
        ("a carrot", "胡萝卜", "orange", "橙色"), ("chocolate", "巧克力", "brown", "棕色"), ("a rose", "玫瑰", "red", "红色"),
    ];

    static readonly (string A, string B, string Mixed, string AChinese, string BChinese, string MixedChinese)[] Mixtures =
    [
        ("red", "yellow", "orange", "红色", "黄色", "橙色"), ("blue", "yellow", "green", "蓝色", "黄色", "绿色"), ("red", "blue", "purple", "红色", "蓝色", "紫色"),
        ("red", "white", "pink", "红色", "白色", "粉色"), ("black", "white", "grey", "黑色", "白色", "灰色"), ("red", "green", "brown", "红色", "绿色", "棕色"),
    ];

    public override IEnumerable<Exchange> Exchanges(Draw draw, Language language)
    {
        bool english = language == Language.English;
        if (draw.Chance(0.35))
        {
            (string a, string b, string mixed, string aChinese, string bChinese, string mixedChinese) = draw.Of(Mixtures);
            if (draw.Chance(0.5)) (a, b, aChinese, bChinese) = (b, a, bChinese, aChinese);
            yield return english
                ? new(draw.Filled(["What do {0} and {1} make?", "What colour do I get from {0} and {1}?", "Mix {0} and {1}."], a, b), $"{Wording.Capital(a)} and {b} make {mixed}.")
                : new(draw.Filled(["{0}加{1}是什么颜色？", "{0}和{1}混在一起是什么颜色？", "{0}和{1}能调出什么颜色？"], aChinese, bChinese), $"{aChinese}和{bChinese}混在一起是{mixedChinese}。");
            yield break;
        }
        (string thing, string thingChinese, string colour, string colourChinese) = draw.Of(Things);
        yield return english ? new(draw.Filled(["What colour is {0}?", "What is the colour of {0}?", "Which colour does {0} have?"], thing), $"{Wording.Capital(thing)} is {colour}.") : new(draw.Filled(["{0}是什么颜色？", "{0}是什么颜色的？", "{0}的颜色是什么？"], thingChinese), $"{thingChinese}是{colourChinese}的。");
        while (draw.Chance(0.4))
        {
            (thing, thingChinese, colour, colourChinese) = draw.Of(Things);
            yield return english ? new(draw.Filled(["And {0}?", "What about {0}?"], thing), $"{Wording.Capital(thing)} is {colour}.") : new(draw.Filled(["那{0}呢？", "{0}呢？"], thingChinese), $"{thingChinese}是{colourChinese}的。");
        }
    }
}
