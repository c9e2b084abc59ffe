using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>Fruits: colour, taste, where they grow.</summary>
internal sealed class Fruits() : Facts([.. Known.Select(fruit => fruit.Thing)], Aspects)
{
    internal sealed record Fruit(string English, string Chinese, string Colour, string ColourChinese, string Taste, string TasteChinese, string Grows, string GrowsChinese)
    {
        public Thing Thing
        {
            get
            {
                string name = Wording.Capital(Wording.One(English));
                return new Thing(English, Chinese, new Dictionary<string, (string, string)>
                {
                    ["colour"] = ($"{name} is {Colour}.", $"{Chinese}{ColourChinese}。"),
                    ["taste"] = ($"{name} tastes {Taste}.", $"{Chinese}的味道是{TasteChinese}的。"),
                    ["grows"] = ($"{name} grows {Grows}.", $"{Chinese}长在{GrowsChinese}。"),
                    ["about"] = ($"{name} is {Colour} and tastes {Taste}.", $"{Chinese}{ColourChinese}，味道是{TasteChinese}的。"),
                });
            }
        }
    }

    internal static readonly Fruit[] Known =
    [
        new("apple", "苹果", "red", "是红色的", "sweet", "甜", "on a tree", "树上"),
        new("banana", "香蕉", "yellow", "是黄色的", "sweet", "甜", "on a tall plant", "高高的香蕉树上"),
        new("orange", "橙子", "orange", "是橙色的", "sweet and sour", "酸甜", "on a tree", "树上"),
        new("lemon", "柠檬", "yellow", "是黄色的", "sour", "酸", "on a tree", "树上"),
        new("grape", "葡萄", "purple", "是紫色的", "sweet", "甜", "on a vine", "藤上"),
        new("strawberry", "草莓", "red", "是红色的", "sweet", "甜", "close to the ground", "地上"),
        new("watermelon", "西瓜", "green outside and red inside", "外面是绿色的，里面是红色的", "sweet", "甜", "on the ground", "地上"),
        new("peach", "桃子", "pink", "是粉色的", "sweet", "甜", "on a tree", "树上"),
        new("pear", "梨", "yellow", "是黄色的", "sweet", "甜", "on a tree", "树上"),
        new("cherry", "樱桃", "red", "是红色的", "sweet", "甜", "on a tree", "树上"),
        new("mango", "芒果", "yellow", "是黄色的", "sweet", "甜", "on a tree", "树上"),
        new("kiwi", "猕猴桃", "brown outside and green inside", "外面是棕色的，里面是绿色的", "sweet and sour", "酸甜", "on a vine", "藤上"),
        new("blueberry", "蓝莓", "blue", "是蓝色的", "sweet and sour", "酸甜", "on a bush", "灌木上"),
    ];

    static readonly Aspect[] Aspects =
    [
        new("colour", ["What colour is {0}?", "What is the colour of {0}?", "Which colour does {0} have?"], "What colour is it?", ["{0}是什么颜色？", "{0}是什么颜色的？", "{0}的颜色是什么？"], "它是什么颜色的？"),
        new("taste", ["What does {0} taste like?", "How does {0} taste?", "Is {0} sweet or sour?"], "How does it taste?", ["{0}是什么味道？", "{0}好吃吗？", "{0}甜不甜？"], "它是什么味道？"),
        new("grows", ["Where does {0} grow?", "Where can I pick {0}?"], "Where does it grow?", ["{0}长在哪里？", "{0}从哪里来？"], "它长在哪里？"),
        new("about", ["Tell me something about {0}.", "Tell me about {0}.", "What do you know about {0}?"], "Tell me more about it.", ["讲讲{0}吧。", "你知道{0}吗？", "介绍一下{0}。"], "再讲讲它吧。"),
    ];
}
