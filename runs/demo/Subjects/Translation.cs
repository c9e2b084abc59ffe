using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>A closed list of words, both ways.</summary>
internal sealed class Translation : Subject
{
    static readonly (string English, string Chinese)[] Words =
    [
        .. Animals.Known.Select(animal => (animal.English, animal.Chinese)), .. Fruits.Known.Select(fruit => (fruit.English, fruit.Chinese)),
        ("red", "红色"), ("yellow", "黄色"), ("blue", "蓝色"), ("green", "绿色"), ("white", "白色"), ("black", "黑色"),
        ("one", "一"), ("two", "二"), ("three", "三"), ("four", "四"), ("five", "五"), ("six", "六"), ("seven", "七"), ("eight", "八"), ("nine", "九"), ("ten", "十"),
        ("mother", "母亲"), ("father", "父亲"), ("friend", "朋友"), ("teacher", "老师"), ("child", "孩子"), ("water", "水"), ("tea", "茶"), ("rice", "米饭"), ("book", "书"), ("house", "房子"),
        ("sun", "太阳"), ("moon", "月亮"), ("star", "星星"), ("tree", "树"), ("flower", "花"), ("mountain", "山"), ("river", "河"), ("sea", "大海"), ("wind", "风"), ("rain", "雨"), ("snow", "雪"),
        ("door", "门"), ("city", "城市"), ("school", "学校"), ("hello", "你好"), ("thank you", "谢谢"), ("goodbye", "再见"), ("big", "大"), ("small", "小"), ("spring", "春天"), ("summer", "夏天"), ("autumn", "秋天"), ("winter", "冬天"),
    ];

    public static string ToChinese(string english, string chinese, bool inEnglish) => inEnglish ? $"In Chinese, \"{english}\" is {chinese}." : $"{english} 的中文是“{chinese}”。";

    public static string ToEnglish(string english, string chinese, bool inEnglish) => inEnglish ? $"In English, {chinese} is \"{english}\"." : $"“{chinese}”的英文是 {english}。";

    public override IEnumerable<Exchange> Exchanges(Draw draw, Language language)
    {
        bool english = language == Language.English, toChinese = draw.Chance(english ? 0.7 : 0.3);
        (string word, string hanzi) = draw.Of(Words);
        yield return (english, toChinese) switch
        {
            (true, true) => new(draw.Filled(["What is {0} in Chinese?", "How do you say {0} in Chinese?", "Translate {0} into Chinese.", "What is the Chinese word for {0}?", "{0} in Chinese?", "What is \"{0}\" in Chinese?"], word), ToChinese(word, hanzi, english)),
            (true, false) => new(draw.Filled(["What is {0} in English?", "What does {0} mean?", "Translate {0} into English.", "How do you say {0} in English?"], hanzi), ToEnglish(word, hanzi, english)),
            (false, true) => new(draw.Filled(["{0} 的中文是什么？", "{0} 用中文怎么说？", "把 {0} 翻译成中文。", "{0} 是什么意思？"], word), ToChinese(word, hanzi, english)),
            (false, false) => new(draw.Filled(["{0}的英文是什么？", "{0}用英文怎么说？", "把{0}翻译成英文。", "“{0}”的英文怎么说？", "{0}的英语是什么？", "{0}用英语怎么说？"], hanzi), ToEnglish(word, hanzi, english)),
        };
        while (draw.Chance(0.4))
        {
            (word, hanzi) = draw.Of(Words);
            string asked = toChinese ? word : hanzi, answer = toChinese ? ToChinese(word, hanzi, english) : ToEnglish(word, hanzi, english);
            yield return new(english ? draw.Filled(["And {0}?", "What about {0}?"], asked) : draw.Filled(toChinese ? ["那 {0} 呢？", "{0} 呢？"] : ["那{0}呢？", "{0}呢？"], asked), answer);
        }
    }
}
