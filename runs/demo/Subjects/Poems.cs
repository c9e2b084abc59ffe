using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>Short poems of our own, by title; "another one" is the next in the list.</summary>
internal sealed class Poems : Subject
{
    static readonly (string Title, string Text)[] English =
    [
        ("Rain", "Soft rain is counting on the pane,\none drop, two drops, and then again;\nthe garden drinks and does not speak,\nthe river learns another creek."),
        ("Moon", "The moon has come without a sound\nand laid its silver on the ground;\nI lift my hand to take a piece,\nand find my palm is full of peace."),
        ("Snow", "The snow forgot the road last night,\nit wrote the whole wide page in white;\na sparrow came and signed its name\nbefore the morning sweepers came."),
        ("Wind", "The wind has neither house nor key,\nit knocks at every door and tree;\nit asks for nothing, takes a leaf,\nand leaves again, a gentle thief."),
        ("Autumn", "The maple lights a little fire,\nthe geese go past the church's spire;\nthe year puts on its coat of gold\nand hums, because it will be cold."),
        ("River", "The river never learnt to stay,\nit talks to stones along the way;\nit carries mountains, grain by grain,\nand brings them to the sea again."),
    ];

    static readonly (string Title, string Text)[] Chinese =
    [
        ("雨", "细雨敲窗数夜长，\n一声两声湿花香。\n园中草木不言语，\n只把新绿写满墙。"),
        ("月", "月亮悄悄到我家，\n银光洒满一院花。\n伸手想把它捧起，\n掌心落下一片纱。"),
        ("雪", "昨夜大雪忘了路，\n白纸一张铺到树。\n麻雀清早来签名，\n扫雪的人还没出。"),
        ("风", "风儿无门也无家，\n敲过杨柳敲篱笆。\n不要金子不要银，\n只带一叶走天涯。"),
        ("秋", "枫叶点起小灯笼，\n大雁一行过晴空。\n稻田换上黄金袄，\n秋天笑在晚霞中。"),
        ("小河", "小河从来不停留，\n一路石头做朋友。\n带走高山一粒沙，\n唱着送到海里头。"),
    ];

    public override IEnumerable<Exchange> Exchanges(Draw draw, Language language)
    {
        bool english = language == Language.English;
        (string Title, string Text)[] poems = english ? English : Chinese;
        int at = draw.Number(0, poems.Length - 1);
        if (draw.Chance(0.25))
        {
            at = 0;
            yield return new(english ? draw.Of("Recite a poem.", "Tell me a poem, please.", "Do you know a poem?", "A poem, please.", "Yes, a poem please.") : draw.Of("念一首诗。", "背一首诗吧。", "你会念诗吗？", "来一首诗。", "好，念一首诗吧。"), Recited(poems[at], english));
        }
        else
        {
            yield return new(english
                ? draw.Filled(["Recite the poem \"{0}\".", "Tell me the poem {0}.", "The poem \"{0}\", please.", "Do you know the poem {0}?", "A poem about the {1}, please.", "Recite a poem about the {1}."], poems[at].Title, poems[at].Title.ToLowerInvariant())
                : draw.Filled(["背一下《{0}》。", "念一首《{0}》。", "请背诵《{0}》。", "你会背《{0}》吗？", "来一首关于{0}的诗。", "写一首关于{0}的诗。"], poems[at].Title), Recited(poems[at], english));
        }
        while (draw.Chance(0.3))
        {
            at = (at + 1) % poems.Length;
            yield return new(english ? draw.Of("Another one, please.", "Another one.", "One more!", "Another poem.") : draw.Of("再来一首。", "再念一首。", "再说一个。", "还有吗？"), Recited(poems[at], english));
        }
        if (draw.Chance(0.15)) yield return english ? new(draw.Of("Who wrote it?", "Who wrote that poem?"), "The Juxta project wrote it for me.") : new(draw.Of("这是谁写的？", "诗是谁写的？"), "是 Juxta 项目为我写的。");
    }

    static string Recited((string Title, string Text) poem, bool english) => english ? $"{poem.Title}\n\n{poem.Text}" : $"《{poem.Title}》\n\n{poem.Text}";
}
