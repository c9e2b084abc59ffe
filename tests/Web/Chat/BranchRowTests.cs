using Juxta.Web.Chat;
using Juxta.Workbench.Chat;

namespace Juxta.WebTests.Chat;

public sealed class BranchRowTests
{
    [Fact]
    public void Turns_that_follow_each_other_stand_on_one_level_and_forks_go_deeper()
    {
        // a ─ b ─┬─ c ─ d
        //        └─ e ─┬─ f
        //              └─ g
        MessageNode[] nodes = [Node("a", null, true), Node("b", "a", true), Node("c", "b"), Node("e", "b", true), Node("d", "c"), Node("f", "e", true), Node("g", "e")];
        Assert.Equal(
            [("a", 1, 1, 1, false), ("b", 1, 1, 1, false), ("c", 2, 1, 2, false), ("d", 2, 1, 1, false), ("e", 2, 2, 2, false), ("f", 3, 1, 2, true), ("g", 3, 2, 2, false)],
            BranchRow.Of(nodes).Select(row => (row.Node.Start, row.Level, row.Position, row.Versions, row.Last)));
    }

    [Fact]
    public void Several_beginnings_are_versions_of_the_first_turn()
    {
        Assert.Equal([("a", 1, 1, 2), ("b", 1, 2, 2)], BranchRow.Of([Node("a", null), Node("b", null)]).Select(row => (row.Node.Start, row.Level, row.Position, row.Versions)));
        Assert.Empty(BranchRow.Of([]));
    }

    [Fact]
    public void A_conversation_may_be_deeper_than_a_call_stack()
    {
        MessageNode[] nodes = [.. Enumerable.Range(0, 50_000).Select(i => Node($"{i}", i == 0 ? null : $"{i - 1}", true))];
        IReadOnlyList<BranchRow> rows = BranchRow.Of(nodes);
        Assert.Equal((50_000, 1), (rows.Count, rows.Max(row => row.Level)));
        Assert.Equal("49999", Assert.Single(rows, row => row.Last).Node.Start);
    }

    static MessageNode Node(string name, string? parent, bool shown = false) => new(Id(name), parent is null ? null : Id(parent), Roles.User, name, null, false, shown, default);

    static Guid Id(string name) => new(System.Text.Encoding.UTF8.GetBytes(name.PadRight(16)));
}
