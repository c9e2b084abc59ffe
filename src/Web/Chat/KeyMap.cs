namespace Juxta.Web.Chat;

/// <summary>What a key does. The page's controls carry their keys (<c>data-key</c>, keys.js); this is the list that a person reads.</summary>
/// <param name="Keys">As they are printed on a keyboard; alternatives apart by a blank.</param>
/// <param name="Does">In words.</param>
public sealed record KeyLine(string Keys, string Does);

/// <summary>Keys that work in one place.</summary>
public sealed record KeyGroup(string Where, IReadOnlyList<KeyLine> Lines)
{
    /// <summary>Of the Chat page.</summary>
    public static IReadOnlyList<KeyGroup> All { get; } =
    [
        new("In the message box",
        [
            new("Enter", "Send; while an answer is written: queue"),
            new("Shift+Enter", "Break the line"),
            new("Alt+Enter", "Add the turn without an answer"),
            new("← →", "When it is empty: versions of the last answer"),
            new("Esc", "Stop the answer, else leave the box"),
        ]),
        new("On a turn, else for the last one",
        [
            new("← →", "Versions"),
            new("e", "Edit"),
            new("r", "Answer again"),
            new("c", "Continue where it ended"),
            new("y", "Copy"),
            new("j k", "Next turn, turn before"),
        ]),
        new("In an edit",
        [
            new("Ctrl+Enter", "Save; a question is answered again"),
            new("Esc", "Cancel"),
        ]),
        new("Anywhere",
        [
            new("m", "Write a message"),
            new("n", "New conversation"),
            new("/", "Search conversations"),
            new("b", "Tree of branches; ↑ ↓ move, ← → to parent and child, Enter shows"),
            new("f", "Follow the answer, or stay"),
            new("g", "Jump to the end"),
            new("?", "This list"),
        ]),
    ];
}
