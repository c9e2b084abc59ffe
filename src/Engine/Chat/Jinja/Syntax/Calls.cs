using Juxta.Engine.Chat.Jinja.Filters;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>The arguments written at a call, filter or test.</summary>
internal sealed record ArgumentList(List<Expression> Positional, List<(string Name, Expression Value)> Named, Expression? Star, Expression? DoubleStar)
{
    public static readonly ArgumentList Empty = new([], [], null, null);

    public IEnumerable<Node> Nodes => [.. Positional, .. Named.Select(named => named.Value), .. new Node?[] { Star, DoubleStar }.OfType<Node>()];

    public Arguments Evaluate(Machine machine)
    {
        var arguments = new Arguments { Positional = [.. Positional.Select(argument => argument.Evaluate(machine))] };
        if (Star?.Evaluate(machine) is { } star)
            foreach (var item in star.Iterate(machine)) { machine.Budget.Step(); machine.Budget.AllocateItems(1); arguments.Positional.Add(item); }
        foreach (var (name, value) in Named) arguments.Named.Add(name, value.Evaluate(machine));
        if (DoubleStar?.Evaluate(machine) is not { } mapping) return arguments;
        if (mapping is not DictValue dict) throw JinjaError.Type($"argument after ** must be a mapping, not {mapping.TypeName}");
        foreach (var (key, value) in dict.Entries)
        {
            if (key is not StrValue name) throw JinjaError.Type("keywords must be strings");
            if (!arguments.Named.TryAdd(name.Units, value)) throw JinjaError.Type($"got multiple values for keyword argument '{name.Units}'");
        }
        return arguments;
    }
}

internal sealed class CallExpression(Expression callee, ArgumentList arguments, int line) : Expression(line)
{
    public override IEnumerable<Node> Children => [callee, .. arguments.Nodes];

    public override bool IsConstant => false;

    protected override Value Compute(Machine machine) => Compute(machine, caller: null);

    /// <summary>The call, with what a <c>call</c> block hands over as its caller.</summary>
    public Value Compute(Machine machine, Value? caller)
    {
        var function = callee.Evaluate(machine);
        var values = arguments.Evaluate(machine);
        if (caller is not null && !values.Named.TryAdd("caller", caller)) throw JinjaError.Type("got multiple values for keyword argument 'caller'");
        machine.Line = Line;
        return function.Call(machine, values);
    }
}

/// <summary><c>value | name(…)</c>; without a value it filters the text of the block around it.</summary>
internal sealed class FilterExpression(Expression? input, string name, ArgumentList arguments, int line) : Expression(line)
{
    public override IEnumerable<Node> Children => input is null ? arguments.Nodes : [input, .. arguments.Nodes];

    public string? Unknown => FilterTable.Find(name) is null ? $"No filter named '{name}'." : null;

    public override bool IsConstant => base.IsConstant && name is not ("map" or "select" or "reject" or "selectattr" or "rejectattr");

    protected override Value Compute(Machine machine) => Apply(machine, input!.Evaluate(machine));

    /// <summary>Filters a captured block; the chain's innermost filter is the one without input.</summary>
    public Value Filter(Machine machine, Value text)
    {
        Budget.CheckStack();
        return Apply(machine, input is FilterExpression inner ? inner.Filter(machine, text) : input is null ? text : input.Evaluate(machine));
    }

    Value Apply(Machine machine, Value value)
    {
        var filter = FilterTable.Find(name) ?? throw new JinjaError(ErrorKind.Runtime, $"No filter named '{name}' found.");
        var values = arguments.Evaluate(machine);
        machine.Line = Line;
        return filter(machine, value, values);
    }
}

/// <summary><c>value is name(…)</c>.</summary>
internal sealed class TestExpression(Expression input, string name, ArgumentList arguments, int line) : Expression(line)
{
    public override IEnumerable<Node> Children => [input, .. arguments.Nodes];

    public string? Unknown => TestTable.Find(name) is null ? $"No test named '{name}'." : null;

    protected override Value Compute(Machine machine)
    {
        var test = TestTable.Find(name) ?? throw new JinjaError(ErrorKind.Runtime, $"No test named '{name}' found.");
        var value = input.Evaluate(machine);
        var values = arguments.Evaluate(machine);
        machine.Line = Line;
        return BoolValue.Of(test(machine, value, values));
    }
}
