using System.Numerics;
using Juxta.Engine.Chat.Jinja.Formatting;
using Juxta.Engine.Chat.Jinja.Strings;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja;

/// <summary>Python's binary operators over template values.</summary>
internal static class Operators
{
    public static Value Apply(Machine machine, string op, Value left, Value right)
    {
        if (left is UndefinedValue missing) throw missing.Fail();
        if (op == "%" && left is StrValue format) return PercentFormat.Format(machine, format, right);
        if (right is UndefinedValue other) throw other.Fail();
        return (op, left, right) switch
        {
            ("+", StrValue a, StrValue b) => AddText(machine, a, b),
            ("+", ListValue a, ListValue b) when a.TypeName == b.TypeName => Join(machine, a, b),
            ("*", StrValue a, _) when Numbers.TryIndex(right, out var n) => Repeat(machine, a, n),
            ("*", _, StrValue b) when Numbers.TryIndex(left, out var n) => Repeat(machine, b, n),
            ("*", ListValue a, _) when Numbers.TryIndex(right, out var n) => Repeat(machine, a, n),
            ("*", _, ListValue b) when Numbers.TryIndex(left, out var n) => Repeat(machine, b, n),
            ("-", DictView a, _) when right.IsIterable => new ListValue([.. a.Items.Where(item => !Contains(machine, right, item))]),
            _ when Numbers.IsNumber(left) && Numbers.IsNumber(right) => Arithmetic.Apply(machine.Budget, op, left, right),
            ("+", StrValue, _) => throw JinjaError.Type($"can only concatenate str (not \"{right.TypeName}\") to str"),
            ("+", ListValue, _) => throw JinjaError.Type($"can only concatenate {left.TypeName} (not \"{right.TypeName}\") to {left.TypeName}"),
            ("*", StrValue or ListValue, _) => throw JinjaError.Type($"can't multiply sequence by non-int of type '{right.TypeName}'"),
            ("*", _, StrValue or ListValue) => throw JinjaError.Type($"can't multiply sequence by non-int of type '{left.TypeName}'"),
            _ => throw JinjaError.Type($"unsupported operand type(s) for {(op == "**" ? "** or pow()" : op)}: '{left.TypeName}' and '{right.TypeName}'"),
        };
    }

    static StrValue AddText(Machine machine, StrValue a, StrValue b) => (a.IsMarkup, b.IsMarkup) switch
    {
        (true, false) => StrValue.Concat(a, Html.Escape(machine, b), machine.Budget),
        (false, true) => StrValue.Concat(Html.Escape(machine, a), b, machine.Budget),
        _ => StrValue.Concat(a, b, machine.Budget),
    };

    static Value Join(Machine machine, ListValue a, ListValue b)
    {
        machine.Budget.AllocateItems(a.Items.Count + (long)b.Items.Count);
        List<Value> items = [.. a.Items, .. b.Items];
        int author = a.Author == b.Author ? a.Author : PromptSpan.Template;
        return a is TupleValue ? new TupleValue(items, author) : new ListValue(items, author);
    }

    static StrValue Repeat(Machine machine, StrValue text, BigInteger count)
    {
        if (count <= 0 || text.UnitLength == 0) return new StrValue("", text.Author, text.IsMarkup);
        var length = text.UnitLength * count;
        machine.Budget.CheckLength(length > long.MaxValue ? long.MaxValue : (long)length);
        var builder = new TextBuilder(machine.Budget);
        if (text.UnitLength == 1) builder.Append(text.Units[0], (int)count, text.Author);
        else
            for (int i = 0; i < (int)count; i++) builder.Append(text);
        return builder.ToValue(text.IsMarkup);
    }

    static Value Repeat(Machine machine, ListValue list, BigInteger count)
    {
        if (count < 0) count = 0;
        var length = list.Items.Count * count;
        machine.Budget.AllocateItems(length > long.MaxValue / 2 ? long.MaxValue / 2 : (long)length);
        var items = new List<Value>((int)length);
        if (list.Items.Count > 0)
            for (int i = 0; i < (int)count; i++) items.AddRange(list.Items);
        return list is GroupValue ? new TupleValue(items) : list.WithItems(items);
    }

    public static bool AreEqual(Value left, Value right) => ReferenceEquals(left, right) ? left is not FloatValue { Value: double.NaN } : left.Equals(right);

    /// <summary>Python's equality inside containers and <c>in</c>: identical or equal.</summary>
    public static bool AreSame(Value left, Value right) => ReferenceEquals(left, right) || left.Equals(right);

    public static bool SequenceEqual(List<Value> left, List<Value> right)
    {
        if (left.Count != right.Count) return false;
        Budget.CheckStack();
        for (int i = 0; i < left.Count; i++)
            if (!AreSame(left[i], right[i])) return false;
        return true;
    }

    public static bool Compare(Machine machine, string op, Value left, Value right)
    {
        machine.Budget.Step();
        return op switch
        {
            "==" => AreEqual(left, right),
            "!=" => !AreEqual(left, right),
            "in" => Contains(machine, right, left),
            "not in" => !Contains(machine, right, left),
            _ => Order(machine, op, left, right),
        };
    }

    public static bool Less(Machine machine, Value left, Value right) => Order(machine, "<", left, right);

    static bool Order(Machine machine, string op, Value left, Value right)
    {
        machine.Budget.Step();
        if (left is UndefinedValue missing) throw missing.Fail();
        if (right is UndefinedValue other) throw other.Fail();
        if (Numbers.IsNumber(left) && Numbers.IsNumber(right)) return Numbers.Compare(left, right) is { } sign && Holds(op, sign);
        if (left is StrValue a && right is StrValue b) return Holds(op, CompareText(a.Units, b.Units));
        if (left is ListValue x && right is ListValue y && x.TypeName == y.TypeName)
        {
            Budget.CheckStack();
            for (int i = 0; i < Math.Min(x.Items.Count, y.Items.Count); i++)
                if (!AreSame(x.Items[i], y.Items[i])) return Order(machine, op, x.Items[i], y.Items[i]);
            return Holds(op, x.Items.Count.CompareTo(y.Items.Count));
        }
        throw JinjaError.Type($"'{op}' not supported between instances of '{left.TypeName}' and '{right.TypeName}'");
    }

    static bool Holds(string op, int sign) => op switch { "<" => sign < 0, "<=" => sign <= 0, ">" => sign > 0, _ => sign >= 0 };

    /// <summary>Order by code point, which UTF-16 order is not beyond the basic plane.</summary>
    static int CompareText(string a, string b)
    {
        int common = a.AsSpan().CommonPrefixLength(b);
        if (common == a.Length || common == b.Length) return a.Length.CompareTo(b.Length);
        char x = a[common], y = b[common];
        return char.IsSurrogate(x) == char.IsSurrogate(y) ? x.CompareTo(y) : char.IsSurrogate(x) ? CodePoints.At(a, common).CompareTo(y) : ((int)x).CompareTo(CodePoints.At(b, common));
    }

    public static bool Contains(Machine machine, Value container, Value item)
    {
        switch (container)
        {
            case StrValue text:
                return item is StrValue part ? text.Units.Contains(part.Units, StringComparison.Ordinal)
                    : throw JinjaError.Type($"'in <string>' requires string as left operand, not {item.TypeName}");
            case DictValue dict: return dict.Get(item) is not null;
            case not null when container.IsIterable:
                foreach (var member in container.Iterate(machine))
                {
                    machine.Budget.Step();
                    if (AreSame(item, member)) return true;
                }
                return false;
            default: throw JinjaError.Type($"argument of type '{container!.TypeName}' is not iterable");
        }
    }
}
