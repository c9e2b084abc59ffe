using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>How a statement ended: on to the next one, or out of the loop's turn.</summary>
internal enum Flow { Next, Break, Continue }

internal abstract class Statement(int line) : Node(line)
{
    public abstract Flow Execute(Machine machine);

    public static Flow ExecuteAll(List<Statement> body, Machine machine)
    {
        Budget.CheckStack();
        foreach (var statement in body)
        {
            machine.Budget.Step();
            machine.Line = statement.Line;
            var flow = statement.Execute(machine);
            if (flow != Flow.Next) return flow;
        }
        return Flow.Next;
    }
}

/// <summary>Text and <c>{{ … }}</c>.</summary>
internal sealed class OutputStatement(List<Expression> parts, int line) : Statement(line)
{
    readonly HashSet<Expression> _constants = [.. parts.Where(part => part.IsConstant)];

    public override IEnumerable<Node> Children => parts;

    public override Flow Execute(Machine machine)
    {
        foreach (var part in parts)
        {
            if (part is TemplateText text) { machine.Output.Append(text.Text, PromptSpan.Template); continue; }
            machine.Line = part.Line;
            machine.PrintsConstant = _constants.Contains(part);
            var value = part.Evaluate(machine);
            machine.PrintsConstant = false;
            machine.Write(value);
        }
        return Flow.Next;
    }
}

internal sealed class IfStatement(List<(Expression Test, List<Statement> Body, int Line)> branches, List<Statement> otherwise, int line) : Statement(line)
{
    public List<(Expression Test, List<Statement> Body, int Line)> Branches => branches;
    public List<Statement> Otherwise => otherwise;
    public override IEnumerable<Node> Children => [.. branches.SelectMany(branch => (Node[])[branch.Test, .. branch.Body]), .. otherwise];

    public override Flow Execute(Machine machine)
    {
        foreach (var (test, body, branchLine) in branches)
        {
            machine.Line = branchLine;
            if (test.Evaluate(machine).IsTrue) return ExecuteAll(body, machine);
        }
        return ExecuteAll(otherwise, machine);
    }
}

internal sealed class SetStatement(Target target, Expression value, int line) : Statement(line)
{
    public Target Target => target;
    public Expression Value => value;
    public override IEnumerable<Node> Children => [target, value];

    public override Flow Execute(Machine machine)
    {
        target.Assign(machine, value.Evaluate(machine));
        return Flow.Next;
    }
}

/// <summary><c>{% set x | filter %}…{% endset %}</c>.</summary>
internal sealed class SetBlockStatement(Target target, FilterExpression? filter, List<Statement> body, int line) : Statement(line)
{
    public Target Target => target;
    public FilterExpression? Filter => filter;
    public List<Statement> Body => body;
    public ScopeEntry Scope { get; set; } = ScopeEntry.Empty;
    public override IEnumerable<Node> Children => filter is null ? [target, .. body] : [target, filter, .. body];

    public override Flow Execute(Machine machine)
    {
        Scope.Enter(machine);
        var flow = machine.Capture(body, out var text);
        if (flow != Flow.Next) return flow;
        Value value = filter?.Filter(machine, text) ?? text;
        target.Assign(machine, machine.Autoescape ? value.ToText(machine).WithMarkup(true) : value);
        Scope.Leave(machine);
        return Flow.Next;
    }
}

/// <summary><c>{% filter name %}…{% endfilter %}</c>.</summary>
internal sealed class FilterStatement(FilterExpression filter, List<Statement> body, int line) : Statement(line)
{
    public FilterExpression Filter => filter;
    public List<Statement> Body => body;
    public ScopeEntry Scope { get; set; } = ScopeEntry.Empty;
    public override IEnumerable<Node> Children => [.. body, filter];

    public override Flow Execute(Machine machine)
    {
        Scope.Enter(machine);
        var flow = machine.Capture(body, out var text);
        if (flow != Flow.Next) return flow;
        machine.WriteBlock(filter.Filter(machine, text));
        Scope.Leave(machine);
        return Flow.Next;
    }
}

internal sealed class WithStatement(List<(Target Target, Expression Value)> bindings, List<Statement> body, int line) : Statement(line)
{
    public List<(Target Target, Expression Value)> Bindings => bindings;
    public List<Statement> Body => body;
    public ScopeEntry Scope { get; set; } = ScopeEntry.Empty;
    public override IEnumerable<Node> Children => [.. bindings.Select(binding => binding.Target), .. bindings.Select(binding => binding.Value), .. body];

    public override Flow Execute(Machine machine)
    {
        Scope.Enter(machine);
        foreach (var (target, value) in bindings) target.Assign(machine, value.Evaluate(machine));
        var flow = ExecuteAll(body, machine);
        if (flow == Flow.Next) Scope.Leave(machine);
        return flow;
    }
}

internal sealed class AutoescapeStatement(Expression enabled, List<Statement> body, int line) : Statement(line)
{
    public Expression Enabled => enabled;
    public List<Statement> Body => body;
    public ScopeEntry Scope { get; set; } = ScopeEntry.Empty;
    public override IEnumerable<Node> Children => [enabled, .. body];

    public override Flow Execute(Machine machine)
    {
        Scope.Enter(machine);
        bool before = machine.Autoescape;
        machine.Autoescape = enabled.Evaluate(machine).IsTrue;
        var flow = ExecuteAll(body, machine);
        machine.Autoescape = before;
        if (flow == Flow.Next) Scope.Leave(machine);
        return flow;
    }
}

/// <summary><c>{% break %}</c> and <c>{% continue %}</c>.</summary>
internal sealed class JumpStatement(Flow flow, int line) : Statement(line)
{
    public Flow Flow => flow;
    public override IEnumerable<Node> Children => [];
    public override Flow Execute(Machine machine) => flow;
}

/// <summary>include, import, from, extends: a chat template stands alone.</summary>
internal sealed class ForeignStatement(string tag, Expression template, List<string> names, int line) : Statement(line)
{
    public string Tag => tag;
    public List<string> Names => names;
    public override IEnumerable<Node> Children => [template];
    public override Flow Execute(Machine machine) => throw new JinjaError(ErrorKind.Unsupported, $"'{tag}' wants another template, and a chat template stands alone; put its text into this one");
}
