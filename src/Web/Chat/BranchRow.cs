using Juxta.Workbench.Chat;

namespace Juxta.Web.Chat;

/// <summary>A line of the tree of branches. Turns that follow each other stand below each other; only where a conversation forks does it go one level deeper.</summary>
/// <param name="Node">The message.</param>
/// <param name="Level">1 + the forks it lies behind.</param>
/// <param name="Position">Its place among the versions of its turn, from 1.</param>
/// <param name="Versions">How many there are.</param>
/// <param name="Last">Whether it ends the branch on show.</param>
public sealed record BranchRow(MessageNode Node, int Level, int Position, int Versions, bool Last)
{
    /// <summary>The whole tree in reading order: each version with all that follows it, then the next.</summary>
    public static IReadOnlyList<BranchRow> Of(IReadOnlyList<MessageNode> nodes)
    {
        ILookup<Guid?, MessageNode> children = nodes.ToLookup(node => node.ParentId);
        List<BranchRow> rows = [];
        var waiting = new Stack<BranchRow>();
        Follow(null, level: 0);
        // A stack of its own: conversations are deeper than call stacks.
        while (waiting.TryPop(out BranchRow? row))
        {
            rows.Add(row);
            Follow(row.Node.Id, row.Level);
        }
        return rows;

        void Follow(Guid? parent, int level)
        {
            MessageNode[] versions = [.. children[parent]];
            for (int i = versions.Length - 1; i >= 0; i--)
            {
                MessageNode node = versions[i];
                bool last = node.Shown && !children[node.Id].Any(next => next.Shown);
                waiting.Push(new BranchRow(node, versions.Length > 1 || level == 0 ? level + 1 : level, i + 1, versions.Length, last));
            }
        }
    }
}
