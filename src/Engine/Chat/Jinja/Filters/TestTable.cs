using Juxta.Engine.Chat.Jinja.Strings;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Filters;

internal delegate bool Test(Machine machine, Value value, Arguments arguments);

/// <summary>Every test by name.</summary>
internal static class TestTable
{
    static readonly Dictionary<string, Test> Tests = new()
    {
        ["odd"] = Alone("odd", (m, v) => IsRemainder(m, v, new IntValue(2), 1)),
        ["even"] = Alone("even", (m, v) => IsRemainder(m, v, new IntValue(2), 0)),
        ["divisibleby"] = (m, v, a) => IsRemainder(m, v, a.Bind("divisibleby", 1, "num")[0]!, 0),
        ["defined"] = Alone("defined", (_, v) => v is not UndefinedValue),
        ["undefined"] = Alone("undefined", (_, v) => v is UndefinedValue),
        ["filter"] = Alone("filter", (_, v) => Name(v) is { } name && FilterTable.Find(name) is not null),
        ["test"] = Alone("test", (_, v) => Name(v) is { } name && Find(name) is not null),
        ["none"] = Alone("none", (_, v) => v is NoneValue),
        ["boolean"] = Alone("boolean", (_, v) => v is BoolValue),
        ["false"] = Alone("false", (_, v) => v is BoolValue { Value: false }),
        ["true"] = Alone("true", (_, v) => v is BoolValue { Value: true }),
        ["integer"] = Alone("integer", (_, v) => v is IntValue),
        ["float"] = Alone("float", (_, v) => v is FloatValue),
        ["lower"] = Alone("lower", (m, v) => Casing.IsLower(v.ToText(m).Units)),
        ["upper"] = Alone("upper", (m, v) => Casing.IsUpper(v.ToText(m).Units)),
        ["string"] = Alone("string", (_, v) => v is StrValue),
        ["mapping"] = Alone("mapping", (_, v) => v is DictValue),
        ["number"] = Alone("number", (_, v) => Numbers.IsNumber(v)),
        ["sequence"] = Alone("sequence", (_, v) => v.Length is not null && v.IsSubscriptable),
        ["iterable"] = Alone("iterable", (_, v) => v.IsIterable),
        ["callable"] = Alone("callable", (_, v) => v.IsCallable),
        ["sameas"] = (_, v, a) => IsSame(v, a.Bind("sameas", 1, "other")[0]!),
        ["escaped"] = Alone("escaped", (_, v) => v is StrValue { IsMarkup: true }),
        ["in"] = (m, v, a) => Operators.Contains(m, a.Bind("in", 1, "seq")[0]!, v),
        ["=="] = Comparison("=="),
        ["eq"] = Comparison("=="),
        ["equalto"] = Comparison("=="),
        ["!="] = Comparison("!="),
        ["ne"] = Comparison("!="),
        [">"] = Comparison(">"),
        ["gt"] = Comparison(">"),
        ["greaterthan"] = Comparison(">"),
        [">="] = Comparison(">="),
        ["ge"] = Comparison(">="),
        ["<"] = Comparison("<"),
        ["lt"] = Comparison("<"),
        ["lessthan"] = Comparison("<"),
        ["<="] = Comparison("<="),
        ["le"] = Comparison("<="),
    };

    public static Test? Find(string name) => Tests.GetValueOrDefault(name);

    static Test Alone(string name, Func<Machine, Value, bool> test) => (machine, value, arguments) =>
    {
        arguments.BindPositional(name, 0, 0);
        return test(machine, value);
    };

    static Test Comparison(string op) => (machine, value, arguments) => Operators.Compare(machine, op, value, arguments.BindPositional(op, 1, 1)[0]!);

    static string? Name(Value value) => value is StrValue text ? text.Units : value.IsHashable ? null : throw JinjaError.Type($"unhashable type: '{value.TypeName}'");

    static bool IsRemainder(Machine machine, Value value, Value divisor, int remainder) =>
        Operators.AreEqual(Operators.Apply(machine, "%", value, divisor), new IntValue(remainder));

    /// <summary>CPython's identity, as far as a template can rely on it: singletons, small ints, and the object itself.</summary>
    static bool IsSame(Value value, Value other) => ReferenceEquals(value, other) || (value, other) switch
    {
        (NoneValue, NoneValue) => true,
        (BoolValue a, BoolValue b) => a.Value == b.Value,
        (IntValue a, IntValue b) => a.Value == b.Value && a.Value >= -5 && a.Value <= 256,
        (StrValue a, StrValue b) => a.UnitLength <= 1 && a.IsMarkup == b.IsMarkup && a.Units == b.Units,
        _ => false,
    };
}
