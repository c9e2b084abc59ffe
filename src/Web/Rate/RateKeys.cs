using Juxta.Web.Chat;

namespace Juxta.Web.Rate;

/// <summary>What keys do on the Rate page.</summary>
internal static class RateKeys
{
    public static IReadOnlyList<KeyGroup> All { get; } =
    [
        new("The verdict",
        [
            new("a", "A is better"),
            new("b", "B is better"),
            new("t", "A tie: both are as good"),
            new("n", "Neither is any good"),
            new("s", "Skip: others judge this pair"),
            new("u", "Undo the last vote"),
        ]),
        new("What goes with it",
        [
            new("1 … 9", "A criterion: A, B, the same, nothing"),
            new("d", "How much better: slightly, clearly, much"),
            new("w", "Write the reason; Esc leaves the field"),
        ]),
        new("On the page",
        [
            new("v", "Next view: Markdown, plain text, differences"),
            new("h", "Your votes in this study"),
            new("p", "Write the next prompt (live studies)"),
            new("?", "This list"),
        ]),
    ];
}
