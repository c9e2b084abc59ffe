namespace Juxta.Engine.Tokenization.Patterns;

/// <summary>The syntax tree of a pattern.</summary>
abstract record Node
{
    /// <summary>Fewest and most code points a match can take; <see cref="int.MaxValue"/> for no bound.</summary>
    public abstract (int Min, int Max) Width { get; }

    /// <summary>The code points a non-empty match can start with, and whether the node can match without consuming.</summary>
    public abstract (CodePointSet First, bool CanBeEmpty) Start { get; }
}

sealed record SetNode(CodePointSet Set) : Node
{
    public override (int, int) Width => (1, 1);
    public override (CodePointSet, bool) Start => (Set, false);
}

sealed record SequenceNode(IReadOnlyList<Node> Items) : Node
{
    public static SequenceNode Empty { get; } = new([]);

    public override (int, int) Width
    {
        get
        {
            long min = 0, max = 0;
            foreach (var item in Items)
            {
                var (least, most) = item.Width;
                min += least;
                max += most;
            }
            return ((int)Math.Min(min, int.MaxValue), (int)Math.Min(max, int.MaxValue));
        }
    }

    public override (CodePointSet, bool) Start
    {
        get
        {
            var first = CodePointSet.None;
            foreach (var item in Items)
            {
                var (set, canBeEmpty) = item.Start;
                first = first.Union(set);
                if (!canBeEmpty) return (first, false);
            }
            return (first, true);
        }
    }
}

sealed record AlternationNode(IReadOnlyList<Node> Options) : Node
{
    public override (int, int) Width => (Options.Min(option => option.Width.Min), Options.Max(option => option.Width.Max));

    public override (CodePointSet, bool) Start =>
        Options.Select(option => option.Start).Aggregate((a, b) => (a.First.Union(b.First), a.CanBeEmpty || b.CanBeEmpty));
}

enum Greed { Greedy, Lazy, Possessive }

sealed record RepeatNode(Node Body, int Min, int Max, Greed Greed) : Node
{
    public override (int, int) Width
    {
        get
        {
            var (least, most) = Body.Width;
            return ((int)Math.Min((long)least * Min, int.MaxValue),
                most == 0 ? 0 : most == int.MaxValue || Max == int.MaxValue ? int.MaxValue : (int)Math.Min((long)most * Max, int.MaxValue));
        }
    }

    public override (CodePointSet, bool) Start => (Body.Start.First, Min == 0 || Body.Start.CanBeEmpty);
}

sealed record AtomicNode(Node Body) : Node
{
    public override (int, int) Width => Body.Width;
    public override (CodePointSet, bool) Start => Body.Start;
}

sealed record LookNode(Node Body, bool Behind, bool Negative) : Node
{
    public override (int, int) Width => (0, 0);
    public override (CodePointSet, bool) Start => (CodePointSet.None, true);
}

enum Anchor { TextStart, TextEnd, TextEndOrLastNewline, LineStart, LineEnd, WordBorder, NotWordBorder }

sealed record AnchorNode(Anchor Anchor) : Node
{
    public override (int, int) Width => (0, 0);
    public override (CodePointSet, bool) Start => (CodePointSet.None, true);
}
