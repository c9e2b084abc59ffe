using Juxta.Engine.Chat.Jinja.Strings;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Filters;

/// <summary>Filters over sequences and mappings. Those that are generators in Jinja are lazy here too, and gone after one pass.</summary>
internal static class SequenceFilters
{
    public static List<Value> ToList(Machine machine, Value value)
    {
        var list = new List<Value>();
        foreach (var item in value.Iterate(machine))
        {
            machine.Budget.Step();
            machine.Budget.AllocateItems(1);
            list.Add(item);
        }
        return list;
    }

    public static Value First(Machine machine, Value value, Arguments arguments)
    {
        arguments.BindPositional("first", 0, 0);
        return value.Iterate(machine).FirstOrDefault() ?? new UndefinedValue("No first item, sequence was empty.");
    }

    public static Value Last(Machine machine, Value value, Arguments arguments)
    {
        arguments.BindPositional("last", 0, 0);
        return value is StrValue text ? text.Count == 0 ? new UndefinedValue("No last item, sequence was empty.") : text.CharacterAt(machine.Budget, text.Count - 1)
            : Reversed(machine, value).FirstOrDefault() ?? new UndefinedValue("No last item, sequence was empty.");
    }

    static IEnumerable<Value> Reversed(Machine machine, Value value) => value is ListValue or StrValue or RangeValue or DictValue or DictView or UndefinedValue or BytesValue
        ? value is ListValue list ? Backwards(list) : Enumerable.Reverse(ToList(machine, value))
        : throw JinjaError.Type($"'{value.TypeName}' object is not reversible");

    static IEnumerable<Value> Backwards(ListValue list)
    {
        for (int i = list.Items.Count - 1; i >= 0; i--) yield return list.Items[i];
    }

    public static Value Reverse(Machine machine, Value value, Arguments arguments)
    {
        arguments.BindPositional("reverse", 0, 0);
        if (value is StrValue text) return text.GetSlice(machine, null, null, new IntValue(-1));
        if (value is IteratorValue or LoopValue) return new ListValue([.. Enumerable.Reverse(ToList(machine, value))]);
        if (!value.IsIterable) throw new JinjaError(ErrorKind.Runtime, "argument must be iterable");
        return new IteratorValue(Reversed(machine, value), value is ListValue and not TupleValue ? "list_reverseiterator" : "reversed");
    }

    public static Value Items(Machine machine, Value value, Arguments arguments)
    {
        arguments.BindPositional("items", 0, 0);
        return new IteratorValue(Pairs());

        IEnumerable<Value> Pairs()
        {
            if (value is UndefinedValue) yield break;
            if (value is not DictValue dict) throw JinjaError.Type("Can only get item pairs from a mapping.");
            foreach (var pair in new DictView(dict, "items").Items) yield return pair;
        }
    }

    /// <summary>Strings compare without regard to case unless a filter is told otherwise.</summary>
    static Func<Value, Value>? IgnoreCase(Machine machine, Value? caseSensitive) => caseSensitive?.IsTrue ?? false ? null
        : value => value is StrValue text ? Casing.Lower(machine, text) : value;

    public static Value Sort(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("sort", 0, "reverse", "case_sensitive", "attribute");
        var then = IgnoreCase(machine, options[1]);
        List<Value?> attributes = options[2] is StrValue names ? [.. names.Units.Split(',').Select(name => new StrValue(name))] : [options[2]];
        var getters = attributes.ConvertAll(attribute => Access.Getter(machine, attribute, then));
        return new ListValue(Sorting.Sort(machine, value, item => new ListValue(getters.ConvertAll(getter => getter(item))), options[0]?.IsTrue ?? false));
    }

    public static Value DictSort(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("dictsort", 0, "case_sensitive", "by", "reverse");
        string by = (options[1] as StrValue)?.Units ?? (options[1] is null ? "key" : "");
        if (by is not ("key" or "value")) throw new JinjaError(ErrorKind.Runtime, "You can only sort by either \"key\" or \"value\"");
        if (value is UndefinedValue missing) throw missing.Fail();
        if (value is not DictValue dict) throw new JinjaError(ErrorKind.Attribute, $"'{value.TypeName}' object has no attribute 'items'");
        var then = IgnoreCase(machine, options[0]) ?? (item => item);
        return new ListValue(Sorting.Sort(machine, new DictView(dict, "items"), pair => then(((TupleValue)pair).Items[by == "key" ? 0 : 1]), options[2]?.IsTrue ?? false));
    }

    public static Value Unique(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("unique", 0, "case_sensitive", "attribute");
        var getter = Access.Getter(machine, options[1], IgnoreCase(machine, options[0]));
        return new IteratorValue(Distinct());

        IEnumerable<Value> Distinct()
        {
            var seen = new DictValue();
            foreach (var item in value.Iterate(machine))
            {
                machine.Budget.Step();
                var key = getter(item);
                if (seen.Get(key) is not null) continue;
                seen.Set(key, NoneValue.None);
                yield return item;
            }
        }
    }

    public static Value Min(Machine machine, Value value, Arguments arguments) => Extreme(machine, value, arguments, "min", (candidate, best) => Operators.Less(machine, candidate, best));

    public static Value Max(Machine machine, Value value, Arguments arguments) => Extreme(machine, value, arguments, "max", (candidate, best) => Operators.Less(machine, best, candidate));

    static Value Extreme(Machine machine, Value value, Arguments arguments, string name, Func<Value, Value, bool> isBetter)
    {
        var options = arguments.Bind(name, 0, "case_sensitive", "attribute");
        var getter = Access.Getter(machine, options[1], IgnoreCase(machine, options[0]));
        Value? best = null, bestKey = null;
        foreach (var item in value.Iterate(machine))
        {
            machine.Budget.Step();
            var key = getter(item);
            if (bestKey is null || isBetter(key, bestKey)) (best, bestKey) = (item, key);
        }
        return best ?? new UndefinedValue("No aggregated item, sequence was empty.");
    }

    public static Value GroupBy(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("groupby", 1, "attribute", "default", "case_sensitive");
        var then = IgnoreCase(machine, options[2]);
        var key = Access.Getter(machine, options[0], then, options[1]);
        var title = Access.Getter(machine, options[0], null, options[1]);
        var groups = new List<(Value Key, List<Value> Items)>();
        foreach (var item in Sorting.Sort(machine, value, key, reverse: false))
        {
            var its = key(item);
            if (groups.Count == 0 || !Operators.AreEqual(groups[^1].Key, its)) groups.Add((its, []));
            groups[^1].Items.Add(item);
        }
        return new ListValue(groups.ConvertAll(group => (Value)new GroupValue(then is null ? group.Key : title(group.Items[0]), new ListValue(group.Items))));
    }

    public static Value Batch(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("batch", 1, "linecount", "fill_with");
        return new IteratorValue(Rows());

        IEnumerable<Value> Rows()
        {
            var row = new List<Value>();
            foreach (var item in value.Iterate(machine))
            {
                machine.Budget.Step();
                if (Operators.AreEqual(new IntValue(row.Count), options[0]!)) { yield return new ListValue(row); row = []; }
                row.Add(item);
            }
            if (row.Count == 0) yield break;
            if (options[1] is not (null or NoneValue) && Operators.Less(machine, new IntValue(row.Count), options[0]!))
            {
                int size = Numbers.ToInt32(options[0]!, "linecount");
                machine.Budget.AllocateItems(size);
                while (row.Count < size) row.Add(options[1]!);
            }
            yield return new ListValue(row);
        }
    }

    public static Value Slice(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("slice", 1, "slices", "fill_with");
        return new IteratorValue(Columns());

        IEnumerable<Value> Columns()
        {
            var all = ToList(machine, value);
            int slices = Numbers.ToInt32(options[0]!, "slices");
            if (slices == 0) throw new JinjaError(ErrorKind.ZeroDivision, "integer division or modulo by zero");
            int size = all.Count / Math.Max(slices, 1), longer = all.Count % Math.Max(slices, 1), start = 0;
            for (int i = 0; i < slices; i++)
            {
                machine.Budget.Step();
                var column = all.GetRange(start, size + (i < longer ? 1 : 0));
                start += column.Count;
                if (options[1] is not (null or NoneValue) && i >= longer) column.Add(options[1]!);
                yield return new ListValue(column);
            }
        }
    }
}
