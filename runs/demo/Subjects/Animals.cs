using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>Animals: what they eat, where they live, their legs and voices.</summary>
internal sealed class Animals() : Facts([.. Known.Select(animal => animal.Thing)], Aspects)
{
    internal sealed record Animal(string English, string Chinese, string Eats, string EatsChinese, string Lives, string LivesChinese, int Legs, string? Says = null, string? SaysChinese = null)
    {
        public Thing Thing
        {
            get
            {
                string name = Wording.Capital(Wording.One(English));
                var facts = new Dictionary<string, (string, string)>
                {
                    ["eats"] = ($"{name} eats {Eats}.", $"{Chinese}吃{EatsChinese}。"),
                    ["lives"] = ($"{name} lives {Lives}.", $"{Chinese}住在{LivesChinese}。"),
                    ["legs"] = ($"{name} has {Wording.CountInEnglish(Legs)} legs.", Legs == 0 ? $"{Chinese}没有腿。" : $"{Chinese}有{Wording.CountInChinese(Legs)}条腿。"),
                    ["about"] = ($"{name} lives {Lives} and eats {Eats}.", $"{Chinese}住在{LivesChinese}，吃{EatsChinese}。"),
                };
                if (Says is not null) facts["says"] = ($"{name} says {Says}.", $"{Chinese}的叫声是{SaysChinese}。");
                return new Thing(English, Chinese, facts);
            }
        }
    }

    internal static readonly Animal[] Known =
    [
        new("cat", "猫", "fish and mice", "鱼和老鼠", "in the house", "人的家里", 4, "meow", "喵喵"),
        new("dog", "狗", "meat and bones", "肉和骨头", "with people", "人的身边", 4, "woof", "汪汪"),
        new("cow", "牛", "grass", "草", "on the farm", "农场里", 4, "moo", "哞哞"),
        new("horse", "马", "grass and oats", "草和燕麦", "in the stable", "马厩里", 4, "neigh", "咴咴"),
        new("sheep", "羊", "grass", "草", "in the meadow", "草地上", 4, "baa", "咩咩"),
        new("pig", "猪", "corn and roots", "玉米和菜根", "in the sty", "猪圈里", 4, "oink", "哼哼"),
        new("hen", "母鸡", "grain and worms", "谷子和虫子", "in the henhouse", "鸡窝里", 2, "cluck", "咯咯"),
        new("duck", "鸭子", "water plants", "水草", "by the pond", "池塘边", 2, "quack", "嘎嘎"),
        new("rabbit", "兔子", "grass and carrots", "草和胡萝卜", "in a burrow", "地洞里", 4),
        new("panda", "熊猫", "bamboo", "竹子", "in the mountain forest", "山里的竹林中", 4),
        new("tiger", "老虎", "meat", "肉", "in the forest", "森林里", 4, "roar", "嗷嗷"),
        new("elephant", "大象", "leaves and grass", "树叶和草", "on the savanna", "大草原上", 4),
        new("bee", "蜜蜂", "nectar", "花蜜", "in a hive", "蜂巢里", 6, "buzz", "嗡嗡"),
        new("fish", "鱼", "water plants and worms", "水草和虫子", "in the water", "水里", 0),
        new("frog", "青蛙", "insects", "昆虫", "by the pond", "池塘边", 4, "croak", "呱呱"),
        new("spider", "蜘蛛", "insects", "昆虫", "in its web", "网上", 8),
        new("owl", "猫头鹰", "mice", "老鼠", "in the forest", "森林里", 2, "hoot", "咕咕"),
        new("whale", "鲸鱼", "small fish", "小鱼", "in the sea", "大海里", 0),
    ];

    static readonly Aspect[] Aspects =
    [
        new("eats", ["What does {0} eat?", "What do you feed {0}?", "What is the food of {0}?", "Do you know what {0} eats?"], "What does it eat?", ["{0}吃什么？", "{0}喜欢吃什么？", "你知道{0}吃什么吗？", "{0}的食物是什么？"], "它吃什么？"),
        new("lives", ["Where does {0} live?", "Where is the home of {0}?", "Where do I find {0}?"], "Where does it live?", ["{0}住在哪里？", "{0}的家在哪里？", "哪里能看到{0}？"], "它住在哪里？"),
        new("legs", ["How many legs does {0} have?", "How many legs has {0}?", "Count the legs of {0}."], "How many legs does it have?", ["{0}有几条腿？", "{0}有多少条腿？", "数一数{0}的腿。"], "它有几条腿？"),
        new("says", ["What does {0} say?", "What sound does {0} make?", "How does {0} sound?"], "What sound does it make?", ["{0}怎么叫？", "{0}的叫声是什么？", "{0}是怎么叫的？"], "它怎么叫？"),
        new("about", ["Tell me something about {0}.", "Tell me about {0}.", "What do you know about {0}?"], "Tell me more about it.", ["讲讲{0}吧。", "你知道{0}吗？", "介绍一下{0}。"], "再讲讲它吧。"),
    ];
}
