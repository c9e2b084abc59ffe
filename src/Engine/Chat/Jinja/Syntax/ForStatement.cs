using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Syntax;

internal sealed class ForStatement(Target target, Expression items, List<Statement> body, List<Statement> otherwise, Expression? test, bool recursive, int line) : Statement(line)
{
    public Target Target => target;
    public Expression Items => items;
    public List<Statement> Body => body;
    public List<Statement> Otherwise => otherwise;
    public Expression? Test => test;
    public bool Recursive => recursive;

    public ScopeEntry BodyScope { get; set; } = ScopeEntry.Empty;
    public ScopeEntry OtherwiseScope { get; set; } = ScopeEntry.Empty;

    /// <summary>Where the body finds <c>loop</c>; null where it never looks.</summary>
    public Reference? Loop { get; set; }

    /// <summary>The condition's own function: its size, its loads and its copy of the target.</summary>
    public (int Slots, ScopeEntry Scope, Target Target)? Condition { get; set; }

    /// <summary>Slots of the function that a recursive loop is.</summary>
    public int RecursiveSlots { get; set; }

    public override IEnumerable<Node> Children => [target, items, .. body, .. otherwise, .. test is null ? [] : (Node[])[test]];

    public override Flow Execute(Machine machine)
    {
        var home = machine.Activation;
        if (!recursive) return Run(machine, home, items.Evaluate(machine), null, 0);
        machine.WriteBlock(Recurse(machine, home, items.Evaluate(machine), 0));
        return Flow.Next;
    }

    /// <summary>One run of a recursive loop over <paramref name="iterable"/>, as text.</summary>
    Value Recurse(Machine machine, Activation home, Value iterable, int depth) => machine.Invoke(new Activation(home, home.Context, RecursiveSlots), () =>
    {
        var before = machine.BeginCapture();
        Run(machine, home, iterable, (inner, deeper) => Recurse(machine, home, inner, deeper), depth);
        return machine.EndCapture(before);
    });

    Flow Run(Machine machine, Activation home, Value iterable, Func<Value, int, Value>? recurse, int depth)
    {
        var source = Condition is { } condition ? new IteratorValue(Select(machine, home, iterable, condition.Slots, condition.Scope, condition.Target)) : iterable;
        var loop = Loop is null ? null : new LoopValue(machine, source, recurse, depth);
        bool finishedOne = false;
        if (Loop is { } before) machine.Store(before, null);
        foreach (var item in loop?.Turns() ?? source.Iterate(machine))
        {
            machine.Budget.Step();
            target.Assign(machine, item);
            if (Loop is { } reference) machine.Store(reference, loop);
            BodyScope.Enter(machine);
            var flow = ExecuteAll(body, machine);
            if (flow == Flow.Break) break;
            if (flow == Flow.Next) finishedOne = true;
        }
        BodyScope.Leave(machine);
        if (finishedOne || otherwise.Count == 0) return Flow.Next;
        // Jinja runs the else part when no turn reached the body's end, so also after a lone continue or break.
        OtherwiseScope.Enter(machine);
        var result = ExecuteAll(otherwise, machine);
        OtherwiseScope.Leave(machine);
        return result;
    }

    /// <summary>The items that pass the condition, asked for one by one as the loop goes.</summary>
    IEnumerable<Value> Select(Machine machine, Activation home, Value iterable, int slots, ScopeEntry scope, Target own)
    {
        var activation = new Activation(home, home.Context, slots);
        bool first = true;
        foreach (var item in iterable.Iterate(machine))
        {
            machine.Budget.Step();
            var caller = machine.Activation;
            machine.Activation = activation;
            Value? kept;
            try
            {
                if (first) scope.Enter(machine);
                first = false;
                own.Assign(machine, item);
                kept = test!.Evaluate(machine).IsTrue ? own.Read(machine, item) : null;
            }
            finally
            {
                machine.Activation = caller;
            }
            if (kept is not null) yield return kept;
        }
    }
}
