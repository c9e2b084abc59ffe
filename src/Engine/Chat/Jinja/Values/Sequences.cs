using System.Numerics;

namespace Juxta.Engine.Chat.Jinja.Values;

/// <summary>Python's <c>list</c>. Templates cannot grow one; <c>pop</c> and <c>clear</c> are all that Jinja's sandbox lets through.</summary>
internal class ListValue(List<Value> items, int author = PromptSpan.Template) : Value
{
    public List<Value> Items => items;
    public override string TypeName => "list";
    public override int Author => author;
    public override bool IsTrue => items.Count > 0;
    public override int? Length => items.Count;
    public override bool IsSubscriptable => true;
    public override bool IsIterable => true;
    public override bool IsHashable => false;

    public override IEnumerable<Value> Iterate(Machine machine)
    {
        for (int i = 0; i < items.Count; i++) yield return items[i];
    }

    public override Value? GetItem(Machine machine, Value key)
    {
        if (!Numbers.TryIndex(key, out var index)) throw JinjaError.Type($"{TypeName} indices must be integers or slices, not {key.TypeName}");
        if (index < 0) index += items.Count;
        return index < 0 || index >= items.Count ? null : items[(int)index];
    }

    public override Value GetSlice(Machine machine, Value? start, Value? stop, Value? step)
    {
        List<Value> selected = [.. Slice.Resolve(start, stop, step, items.Count).Indices.Select(i => items[i])];
        machine.Budget.AllocateItems(selected.Count);
        return WithItems(selected);
    }

    /// <summary>A sequence of the same type and author.</summary>
    public virtual Value WithItems(List<Value> selected) => new ListValue(selected, author);

    public override Value? GetAttribute(Machine machine, string name) => ContainerMethods.Find(this, name);

    public override void WriteRepr(TextBuilder into) => WriteItems(into, "[", "]");

    protected void WriteItems(TextBuilder into, string open, string close)
    {
        Budget.CheckStack();
        into.Append(open, author);
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0) into.Append(", ", author);
            into.Budget.Step();
            items[i].WriteRepr(into);
        }
        into.Append(close, author);
    }

    public override bool Equals(object? obj) => obj is ListValue other && other.TypeName == TypeName && Operators.SequenceEqual(items, other.Items);
    public override int GetHashCode() => items.Count;
}

/// <summary>Python's <c>tuple</c>.</summary>
internal class TupleValue(List<Value> items, int author = PromptSpan.Template) : ListValue(items, author)
{
    public TupleValue(params Value[] items) : this(new List<Value>(items)) { }

    public override string TypeName => "tuple";
    public override bool IsHashable
    {
        get
        {
            Budget.CheckStack();
            return Items.TrueForAll(item => item.IsHashable);
        }
    }

    public override Value WithItems(List<Value> selected) => new TupleValue(selected, Author);
    public override void WriteRepr(TextBuilder into) => WriteItems(into, "(", Items.Count == 1 ? ",)" : ")");

    public override int GetHashCode()
    {
        Budget.CheckStack();
        var hash = new HashCode();
        foreach (var item in Items) hash.Add(item);
        return hash.ToHashCode();
    }

    public override bool Equals(object? obj) => base.Equals(obj);
}

/// <summary>What the <c>groupby</c> filter yields: a pair whose halves are also called grouper and list.</summary>
internal sealed class GroupValue(Value grouper, ListValue list) : TupleValue(grouper, list)
{
    public override string Describe => "jinja2.filters._GroupTuple object";

    public override Value? GetAttribute(Machine machine, string name) => name switch
    {
        "grouper" => Items[0],
        "list" => Items[1],
        _ => base.GetAttribute(machine, name),
    };
}

/// <summary>Python's <c>range</c>.</summary>
internal sealed class RangeValue(BigInteger start, BigInteger stop, BigInteger step) : Value
{
    /// <summary>Jinja's sandbox refuses longer ranges.</summary>
    public const int MaxLength = 100_000;

    readonly int _count = Count(start, stop, step);

    public override string TypeName => "range";
    public override bool IsTrue => _count > 0;
    public override int? Length => _count;
    public override bool IsSubscriptable => true;
    public override bool IsIterable => true;

    static int Count(BigInteger start, BigInteger stop, BigInteger step)
    {
        if (step.IsZero) throw JinjaError.Value("range() arg 3 must not be zero");
        var count = step.Sign > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step;
        if (step.Sign > 0 ? stop <= start : stop >= start) count = 0;
        return count <= MaxLength ? (int)count
            : throw new JinjaError(ErrorKind.Overflow, $"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({MaxLength}).");
    }

    public static RangeValue From(Arguments arguments)
    {
        var values = arguments.BindPositional("range", 1, 3);
        BigInteger At(int i) => Numbers.TryIndex(values[i]!, out var n) ? n : throw JinjaError.Type($"'{values[i]!.TypeName}' object cannot be interpreted as an integer");
        return values[1] is null ? new(0, At(0), 1) : new(At(0), At(1), values[2] is null ? 1 : At(2));
    }

    IntValue At(int index) => new(start + (step * index));

    public override IEnumerable<Value> Iterate(Machine machine)
    {
        for (int i = 0; i < _count; i++) yield return At(i);
    }

    public override Value? GetItem(Machine machine, Value key)
    {
        if (!Numbers.TryIndex(key, out var index)) throw JinjaError.Type($"range indices must be integers or slices, not {key.TypeName}");
        if (index < 0) index += _count;
        return index < 0 || index >= _count ? null : At((int)index);
    }

    public override Value GetSlice(Machine machine, Value? start1, Value? stop1, Value? step1)
    {
        var slice = Slice.Resolve(start1, stop1, step1, _count);
        return new RangeValue(start + (step * slice.Start), start + (step * slice.Stop), step * slice.Step);
    }

    public override Value? GetAttribute(Machine machine, string name) => name switch
    {
        "start" => new IntValue(start),
        "stop" => new IntValue(stop),
        "step" => new IntValue(step),
        "count" => new FunctionValue("count", (_, a) => new IntValue(Enumerable.Range(0, _count).Count(i => At(i).Equals(a.BindPositional("count", 1, 1)[0])))),
        "index" => new FunctionValue("index", (_, a) => Enumerable.Range(0, _count).FirstOrDefault(i => At(i).Equals(a.BindPositional("index", 1, 1)[0]), -1) is var i and >= 0
            ? new IntValue(i) : throw JinjaError.Value("value is not in range")),
        _ => null,
    };

    public override void WriteRepr(TextBuilder into) =>
        into.Append($"range({IntValue.Digits(start)}, {IntValue.Digits(stop)}{(step.IsOne ? "" : ", " + IntValue.Digits(step))})", PromptSpan.Template);

    public override bool Equals(object? obj) => obj is RangeValue other && _count == other._count
        && (_count == 0 || (At(0).Equals(other.At(0)) && At(_count - 1).Equals(other.At(_count - 1))));
    public override int GetHashCode() => _count == 0 ? 0 : HashCode.Combine(_count, At(0).Value);
}
