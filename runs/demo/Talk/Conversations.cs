using Juxta.Demo.Subjects;
using Juxta.Training.Dialogues;

namespace Juxta.Demo.Talk;

/// <summary>Whole conversations of one to six exchanges, put together from the subjects.</summary>
internal static class Conversations
{
    const int MostExchanges = 6;

    /// <summary>Every subject as often as it stands here.</summary>
    static readonly Subject[] Subjects =
    [
        new Identity(), new Identity(), new Courtesy(), new Names(), new Unknown(), new Unknown(), new Animals(), new Animals(), new Animals(), new Fruits(), new Fruits(), new Colours(), new Sums(), new Sums(), new Sums(),
        new Counting(), new Calendar(), new Calendar(), new Translation(), new Translation(), new Translation(), new Poems(), new Poems(), new Terms(), new Terms(),
    ];

    static readonly string[] SystemPrompts = ["You are a helpful assistant.", "You are Juxta's demo model. Answer briefly.", "你是一个乐于助人的助手。", "你是 Juxta 的演示模型，请简短回答。"];

    /// <summary>Training conversations hold no held-out pair, the others at least one.</summary>
    /// <param name="only">What every conversation is about, in its first exchanges and no more; null = conversations of several subjects.</param>
    public static (IReadOnlyList<Dialogue> Training, IReadOnlyList<Dialogue> HeldOut) Of(int seed, int training, int heldOut, Subject? only = null)
    {
        var draw = new Draw(seed);
        List<Dialogue> seen = [], unseen = [];
        while (seen.Count < training || unseen.Count < heldOut)
        {
            Exchange[] exchanges = only is null ? Exchanges(draw) : [.. only.Exchanges(draw, draw.Chance(0.5) ? Language.Chinese : Language.English)];
            (List<Dialogue> side, int most) = exchanges.Any(exchange => exchange.HeldOut) ? (unseen, heldOut) : (seen, training);
            Dialogue dialogue = Spoken(draw, exchanges);
            if (side.Count < most) side.Add(dialogue);
        }
        return (seen, unseen);
    }

    /// <summary>One conversation, as its exchanges.</summary>
    public static Exchange[] Exchanges(Draw draw)
    {
        var exchanges = new List<Exchange>();
        Language language = draw.Chance(0.5) ? Language.Chinese : Language.English;
        int wanted = draw.Number(1, MostExchanges - 1);
        if (draw.Chance(0.25)) exchanges.Add(Courtesy.Greeting(draw, language));
        while (exchanges.Count < wanted)
        {
            Subject subject = draw.Of(Subjects);
            exchanges.AddRange(subject.Exchanges(draw, language).Select(exchange => exchange with { Topic = subject.Name }));
            if (draw.Chance(0.1)) language = language == Language.Chinese ? Language.English : Language.Chinese;
        }
        if (draw.Chance(0.2)) exchanges.Add(Courtesy.Farewell(draw, language));
        return [.. exchanges.Take(MostExchanges)];
    }

    /// <summary>Exchanges as a dialogue: sometimes under a system prompt, the questions as people type them.</summary>
    public static Dialogue Spoken(Draw draw, Exchange[] exchanges)
    {
        var messages = new List<DialogueMessage>();
        if (draw.Chance(0.1)) messages.Add(new(DialogueMessage.System, draw.Of(SystemPrompts)));
        foreach (Exchange exchange in exchanges)
        {
            messages.Add(new(DialogueMessage.User, Typed(draw, exchange.Question)));
            messages.Add(new(DialogueMessage.Assistant, exchange.Answer));
        }
        return new Dialogue(messages);
    }

    /// <summary>As people type: now and then without the mark at the end, or without the capital.</summary>
    static string Typed(Draw draw, string question)
    {
        if (question.Length > 2 && draw.Chance(0.2)) question = question.TrimEnd('?', '？', '.', '。', '!', '！');
        return draw.Chance(0.1) ? char.ToLowerInvariant(question[0]) + question[1..] : question;
    }
}
