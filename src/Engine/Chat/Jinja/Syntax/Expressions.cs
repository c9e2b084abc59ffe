using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Syntax;

internal abstract class Expression(int line) : Node(line)
{
    public Value Evaluate(Machine machine)
    {
        machine.Budget.Step();
        Budget.CheckStack();
        return Compute(machine);
    }

    protected abstract Value Compute(Machine machine);

    public override IEnumerable<Node> Children => [];

    /// <summary>Whether Jinja works the value out when it compiles the template.</summary>
    public virtual bool IsConstant
    {
        get
        {
            Budget.CheckStack();
            return Children.All(child => child is Expression { IsConstant: true });
        }
    }
}

internal sealed class Literal(Value value, int line) : Expression(line)
{
    protected override Value Compute(Machine machine) => value;
}

/// <summary>Text between tags.</summary>
internal sealed class TemplateText(string text, int line) : Expression(line)
{
    public string Text => text;
    readonly StrValue _value = new(text);
    protected override Value Compute(Machine machine) => _value;
}

internal sealed class NameExpression(string name, int line) : Expression(line)
{
    public string Name => name;
    public Reference Reference { get; set; }
    public override bool IsConstant => false;
    protected override Value Compute(Machine machine) => machine.Load(Reference) ?? UndefinedValue.Variable(name);
}

internal sealed class ListExpression(List<Expression> items, bool isTuple, int line) : Expression(line)
{
    public List<Expression> Items => items;
    public bool IsTuple => isTuple;
    public override IEnumerable<Node> Children => items;

    protected override Value Compute(Machine machine)
    {
        machine.Budget.AllocateItems(items.Count);
        List<Value> values = [.. items.Select(item => item.Evaluate(machine))];
        return isTuple ? new TupleValue(values) : new ListValue(values);
    }
}

internal sealed class DictExpression(List<(Expression Key, Expression Value)> items, int line) : Expression(line)
{
    public override IEnumerable<Node> Children => items.SelectMany(item => new Node[] { item.Key, item.Value });

    protected override Value Compute(Machine machine)
    {
        machine.Budget.AllocateItems(items.Count);
        var dict = new DictValue();
        foreach (var (key, value) in items) dict.Set(key.Evaluate(machine), value.Evaluate(machine));
        return dict;
    }
}

/// <summary><c>-x</c>, <c>+x</c>, <c>not x</c>.</summary>
internal sealed class UnaryExpression(string op, Expression operand, int line) : Expression(line)
{
    public override IEnumerable<Node> Children => [operand];

    protected override Value Compute(Machine machine)
    {
        var value = operand.Evaluate(machine);
        return op switch { "not" => BoolValue.Of(!value.IsTrue), "-" => Arithmetic.Negate(value), _ => Arithmetic.Affirm(value) };
    }
}

internal sealed class BinaryExpression(string op, Expression left, Expression right, int line) : Expression(line)
{
    public override IEnumerable<Node> Children => [left, right];

    protected override Value Compute(Machine machine)
    {
        var first = left.Evaluate(machine);
        return op switch
        {
            "and" => first.IsTrue ? right.Evaluate(machine) : first,
            "or" => first.IsTrue ? first : right.Evaluate(machine),
            _ => Operators.Apply(machine, op, first, right.Evaluate(machine)),
        };
    }
}

/// <summary>A chain such as <c>a &lt; b &lt;= c</c>, each operand evaluated once.</summary>
internal sealed class CompareExpression(Expression first, List<(string Op, Expression Operand)> rest, int line) : Expression(line)
{
    public override IEnumerable<Node> Children => [first, .. rest.Select(part => part.Operand)];

    protected override Value Compute(Machine machine)
    {
        var left = first.Evaluate(machine);
        foreach (var (op, operand) in rest)
        {
            var right = operand.Evaluate(machine);
            if (!Operators.Compare(machine, op, left, right)) return BoolValue.Of(false);
            left = right;
        }
        return BoolValue.Of(true);
    }
}

/// <summary><c>a ~ b ~ c</c>: everything as text.</summary>
internal sealed class ConcatExpression(List<Expression> parts, int line) : Expression(line)
{
    public override IEnumerable<Node> Children => parts;

    protected override Value Compute(Machine machine)
    {
        List<Value> values = [.. parts.Select(part => part.Evaluate(machine))];
        bool markup = machine.Autoescape && values.Exists(value => value is StrValue { IsMarkup: true });
        var result = new StrValue("", values[0].Author, markup);
        foreach (var value in values)
            result = StrValue.Concat(result, markup ? Html.Escape(machine, value) : value.ToText(machine), machine.Budget);
        return result;
    }
}

internal sealed class ConditionalExpression(Expression test, Expression then, Expression? otherwise, int line) : Expression(line)
{
    public override IEnumerable<Node> Children => otherwise is null ? [test, then] : [test, then, otherwise];

    protected override Value Compute(Machine machine) => test.Evaluate(machine).IsTrue ? then.Evaluate(machine)
        : otherwise?.Evaluate(machine) ?? new UndefinedValue($"the inline if-expression on line {Line} evaluated to false and no else section was defined.");
}

/// <summary><c>value.name</c>: the attribute, else the item.</summary>
internal sealed class AttributeExpression(Expression owner, string name, int line) : Expression(line)
{
    public override IEnumerable<Node> Children => [owner];
    readonly StrValue _key = new(name);
    protected override Value Compute(Machine machine) => Access.Attribute(machine, owner.Evaluate(machine), name, _key);
}

/// <summary><c>value[key]</c>: the item, else the attribute.</summary>
internal sealed class ItemExpression(Expression owner, Expression key, int line) : Expression(line)
{
    public override IEnumerable<Node> Children => [owner, key];
    protected override Value Compute(Machine machine) => Access.Item(machine, owner.Evaluate(machine), key.Evaluate(machine));
}

internal sealed class SliceExpression(Expression owner, Expression? start, Expression? stop, Expression? step, int line) : Expression(line)
{
    public override IEnumerable<Node> Children => new Node?[] { owner, start, stop, step }.OfType<Node>();

    protected override Value Compute(Machine machine)
    {
        var value = owner.Evaluate(machine);
        try
        {
            return value.GetSlice(machine, start?.Evaluate(machine), stop?.Evaluate(machine), step?.Evaluate(machine));
        }
        catch (JinjaError error) when (error.Kind == ErrorKind.Type && machine.PrintsConstant)
        {
            return UndefinedValue.Missing(machine, value, new StrValue("slice")); // Jinja works printed constants out while compiling, where this is forgiven
        }
    }
}

/// <summary>A slice inside a tuple of subscripts, which nothing in a template accepts.</summary>
internal sealed class LooseSlice(int line) : Expression(line)
{
    protected override Value Compute(Machine machine) => throw JinjaError.Type("unhashable type: 'slice'");
}
