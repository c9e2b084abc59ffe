using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja;

/// <summary>
/// Attribute and item lookups under Jinja's immutable sandbox: names that begin with an underscore and methods that would change
/// a list or dict exist but are refused when used.
/// </summary>
internal static class Access
{
    static readonly HashSet<string> ListMutators = ["append", "reverse", "insert", "sort", "extend", "remove"];
    static readonly HashSet<string> DictMutators = ["clear", "pop", "popitem", "setdefault", "update"];

    /// <summary>What every Python object has; no template value exposes any of it.</summary>
    static readonly HashSet<string> Internals =
    [
        "__class__", "__delattr__", "__dir__", "__doc__", "__eq__", "__format__", "__ge__", "__getattribute__", "__getstate__", "__gt__", "__hash__", "__init__",
        "__init_subclass__", "__le__", "__lt__", "__ne__", "__new__", "__reduce__", "__reduce_ex__", "__repr__", "__setattr__", "__sizeof__", "__str__", "__subclasshook__",
    ];

    static readonly HashSet<string> ContainerInternals = ["__len__", "__getitem__", "__contains__", "__iter__"];

    public static Value Attribute(Machine machine, Value owner, string name, StrValue key)
    {
        if (Find(machine, owner, name) is { } found) return found;
        return TryItem(machine, owner, key) ?? UndefinedValue.Missing(machine, owner, key);
    }

    public static Value Item(Machine machine, Value owner, Value key)
    {
        if (TryItem(machine, owner, key) is { } item) return item;
        return (key is StrValue name ? Find(machine, owner, name.Units) : null) ?? UndefinedValue.Missing(machine, owner, key);
    }

    /// <summary>The attribute, refused where it is unsafe; null where there is none.</summary>
    public static Value? Find(Machine machine, Value owner, string name)
    {
        if (owner is UndefinedValue && !name.StartsWith("__", StringComparison.Ordinal)) return owner.GetAttribute(machine, name);
        if (owner is NamespaceValue && name != "__class__") return owner.GetAttribute(machine, name) is { } own && !name.StartsWith('_') ? own
            : owner.GetAttribute(machine, name) is null ? null : UndefinedValue.Unsafe(owner, name);
        if (Internals.Contains(name) || (ContainerInternals.Contains(name) && owner.Length is not null)
            || (owner is ListValue and not TupleValue && ListMutators.Contains(name)) || (owner is DictValue && DictMutators.Contains(name)))
            return UndefinedValue.Unsafe(owner, name);
        return name.StartsWith('_') ? null : owner.GetAttribute(machine, name);
    }

    static Value? TryItem(Machine machine, Value owner, Value key)
    {
        if (owner is UndefinedValue missing) throw missing.Fail();
        try
        {
            return owner.IsSubscriptable ? owner.GetItem(machine, key) : null;
        }
        catch (JinjaError error) when (error.Kind is ErrorKind.Type or ErrorKind.Lookup)
        {
            return null;
        }
    }

    /// <summary>A lookup by a dotted path, as the <c>attribute</c> arguments of filters use: whole numbers are indices.</summary>
    public static Func<Value, Value> Getter(Machine machine, Value? attribute, Func<Value, Value>? then = null, Value? missing = null)
    {
        var parts = Parts(attribute);
        return item =>
        {
            foreach (var part in parts)
            {
                item = Item(machine, item, part);
                if (missing is not null and not NoneValue && item is UndefinedValue) item = missing;
            }
            return then is null ? item : then(item);
        };
    }

    public static List<Value> Parts(Value? attribute)
    {
        if (attribute is null or NoneValue) return [];
        if (attribute is not StrValue path) return [attribute];
        return [.. path.Units.Split('.').Select(part => part.Length > 0 && part.All(char.IsAsciiDigit)
            ? (Value)new IntValue(System.Numerics.BigInteger.Parse(part, System.Globalization.CultureInfo.InvariantCulture)) : new StrValue(part))];
    }
}
