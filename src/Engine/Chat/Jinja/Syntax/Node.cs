namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>A piece of a parsed template. Nodes know how to evaluate or execute themselves once <see cref="Binder"/> has placed their names.</summary>
internal abstract class Node(int line)
{
    public int Line => line;

    /// <summary>The parts, in the order in which Jinja looks through them for names.</summary>
    public abstract IEnumerable<Node> Children { get; }
}

/// <summary>Where a variable lives: so many functions outwards, in that slot.</summary>
internal readonly record struct Reference(int Hops, int Slot);
