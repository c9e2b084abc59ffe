namespace Juxta.Engine.Tokenization.Patterns;

/// <summary>
/// Makes a <see cref="PatternAutomaton"/> of a syntax tree by the construction of subsets (Rabin and Scott 1959; with priorities as in RE2, Cox 2010). A state is the list of
/// places in the pattern that a backtracking matcher would still try, in its order; whatever stands behind a place that has matched is never tried.
/// </summary>
sealed class AutomatonBuilder
{
    /// <summary>Larger patterns are left to the matcher that backtracks: the construction can take exponential time.</summary>
    const int MostSteps = 400, MostStates = 400;

    enum Kind { Set, Look, Fork, Accept }

    /// <param name="Set">Of Set and Look.</param>
    /// <param name="Wanted">Of Look: whether the next code point must be in the set, or must not.</param>
    /// <param name="Next">Where to go on.</param>
    /// <param name="Other">Of Fork: where to go on if that leads nowhere.</param>
    readonly record struct Step(Kind Kind, CodePointSet? Set = null, bool Wanted = true, int Next = -1, int Other = -1);

    readonly List<Step> _steps = [new(Kind.Accept)];
    readonly HashSet<int> _visited = [];
    bool _unsupported;

    AutomatonBuilder()
    {
    }

    /// <summary>Null for a pattern with parts that look further than one code point ahead or at all back, that give nothing back, or that are too many.</summary>
    public static PatternAutomaton? Build(Node pattern)
    {
        var builder = new AutomatonBuilder();
        int start = builder.Emit(pattern, next: 0);
        if (builder._unsupported || CodePointClasses.Of([.. builder._steps.Select(step => step.Set).OfType<CodePointSet>().Distinct()]) is not { } classes) return null;
        return builder.Determine(start, classes) is { } next ? new(classes, next) : null;
    }

    int Add(Step step)
    {
        _unsupported |= _steps.Count >= MostSteps;
        if (!_unsupported) _steps.Add(step);
        return _steps.Count - 1;
    }

    /// <summary>Adds the steps of a node that lead to <paramref name="next"/>; returns the first of them.</summary>
    int Emit(Node node, int next)
    {
        switch (node)
        {
            case SetNode { Set: var set }: return Add(new(Kind.Set, set, Next: next));
            case LookNode { Behind: false, Body: SetNode { Set: var set }, Negative: var negative }: return Add(new(Kind.Look, set, !negative, next));
            case SequenceNode { Items: var items }:
                for (int i = items.Count - 1; i >= 0; i--) next = Emit(items[i], next);
                return next;
            case AlternationNode { Options: var options }:
                int entry = Emit(options[^1], next);
                for (int i = options.Count - 2; i >= 0; i--) entry = Add(new(Kind.Fork, Next: Emit(options[i], next), Other: entry));
                return entry;
            case RepeatNode { Greed: not Greed.Possessive } repeat when repeat.Max < int.MaxValue || repeat.Body.Width.Min > 0: return EmitRepeat(repeat, next);
            default:
                _unsupported = true;
                return next;
        }
    }

    int EmitRepeat(RepeatNode repeat, int next)
    {
        int entry = next;
        if (repeat.Max == int.MaxValue)
        {
            entry = Add(new(Kind.Fork));
            int body = Emit(repeat.Body, entry);
            if (!_unsupported) _steps[entry] = Choice(body);
        }
        else
        {
            for (int i = repeat.Min; i < repeat.Max && !_unsupported; i++) entry = Add(Choice(Emit(repeat.Body, entry)));
        }
        for (int i = 0; i < repeat.Min && !_unsupported; i++) entry = Emit(repeat.Body, entry);
        return entry;

        Step Choice(int body) => repeat.Greed == Greed.Lazy ? new(Kind.Fork, Next: next, Other: body) : new(Kind.Fork, Next: body, Other: next);
    }

    /// <summary>The table of <see cref="PatternAutomaton"/>; null when it would have too many states.</summary>
    int[]? Determine(int start, CodePointClasses classes)
    {
        int width = classes.Count + 1;
        List<List<int>> states = [[], [start]];
        Dictionary<string, int> numbers = new() { [""] = 0, [Key(states[1])] = 1 };
        List<int> table = [];
        for (int state = 0; state < states.Count; state++)
        {
            for (int @class = 0; @class < width; @class++)
            {
                List<int> following = [];
                bool matched = Follow(states[state], @class < classes.Count ? classes.MemberOf(@class) : null, following);
                if (!numbers.TryGetValue(Key(following), out int number))
                {
                    if (states.Count == MostStates) return null;
                    numbers[Key(following)] = number = states.Count;
                    states.Add(following);
                }
                table.Add(PatternAutomaton.Entry(number * width, matched));
            }
        }
        return [.. table];

        static string Key(List<int> state) => string.Join(' ', state);
    }

    /// <summary>What is left to try behind the next code point (null = the end of the text), and whether the pattern has matched before it.</summary>
    bool Follow(List<int> state, int? next, List<int> following)
    {
        _visited.Clear();
        foreach (int step in state)
            if (Walk(step, next, following)) return true;
        return false;
    }

    bool Walk(int at, int? next, List<int> following)
    {
        if (!_visited.Add(at)) return false;
        var step = _steps[at];
        bool isIn = step.Set is not null && next is int code && step.Set.Contains(code);
        switch (step.Kind)
        {
            case Kind.Accept: return true;
            case Kind.Fork: return Walk(step.Next, next, following) || Walk(step.Other, next, following);
            case Kind.Look: return isIn == step.Wanted && Walk(step.Next, next, following);
            default:
                if (isIn && !following.Contains(step.Next)) following.Add(step.Next);
                return false;
        }
    }
}
