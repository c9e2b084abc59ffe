using Juxta.Demo.Subjects;
using Juxta.Training.Dialogues;

namespace Juxta.Demo.Talk;

/// <summary>What adapters learn from: conversations like the demo model's, and between them as many from the almanac, whose answers are of one, four and twelve sentences.</summary>
internal static class StyleLessons
{
    public const int Seed = 2;

    const int Training = 2000, HeldOut = 60;

    /// <summary>Of each kind half of them, in turn. Training has no held-out pair, the others at least one.</summary>
    public static (IReadOnlyList<Dialogue> Training, IReadOnlyList<Dialogue> HeldOut) Dialogues()
    {
        (IReadOnlyList<Dialogue> training, IReadOnlyList<Dialogue> heldOut) = Talk();
        (IReadOnlyList<Dialogue> almanac, IReadOnlyList<Dialogue> unseen) = Conversations.Of(Seed, Training / 2, HeldOut / 2, new Almanac());
        return (InTurn(training, almanac), InTurn(heldOut, unseen));
    }

    /// <summary>The conversations alone.</summary>
    public static (IReadOnlyList<Dialogue> Training, IReadOnlyList<Dialogue> HeldOut) Talk() => Conversations.Of(Seed, Training / 2, HeldOut / 2);

    static List<Dialogue> InTurn(IReadOnlyList<Dialogue> a, IReadOnlyList<Dialogue> b) => [.. a.Zip(b).SelectMany(pair => new[] { pair.First, pair.Second })];
}
