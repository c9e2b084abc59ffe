using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Filters;

/// <summary>map, select, reject and their attribute forms: lazy passes that apply a filter or test by name.</summary>
internal static class SelectFilters
{
    public static Value Map(Machine machine, Value value, Arguments arguments)
    {
        return new IteratorValue(Mapped());

        IEnumerable<Value> Mapped()
        {
            if (!value.IsTrue) yield break;
            var map = Mapping(machine, arguments);
            foreach (var item in value.Iterate(machine))
            {
                machine.Budget.Step();
                yield return map(item);
            }
        }
    }

    static Func<Value, Value> Mapping(Machine machine, Arguments arguments)
    {
        if (arguments.Positional.Count == 0 && arguments.Named.TryGetValue("attribute", out var attribute))
        {
            if (arguments.Named.Keys.FirstOrDefault(name => name is not ("attribute" or "default")) is { } unexpected)
                throw new JinjaError(ErrorKind.Runtime, $"Unexpected keyword argument '{unexpected}'");
            return Access.Getter(machine, attribute, missing: arguments.Named.GetValueOrDefault("default"));
        }
        if (arguments.Positional.Count == 0) throw new JinjaError(ErrorKind.Runtime, "map requires a filter argument");
        string name = Named(machine, arguments.Positional[0], "filter");
        var filter = FilterTable.Find(name) ?? throw new JinjaError(ErrorKind.Runtime, $"No filter named '{name}'.");
        return item => filter(machine, item, Rest(arguments, 1));
    }

    public static Value Select(Machine machine, Value value, Arguments arguments, bool keep, bool byAttribute)
    {
        return new IteratorValue(Selected());

        IEnumerable<Value> Selected()
        {
            if (!value.IsTrue) yield break;
            var test = Testing(machine, arguments, byAttribute);
            foreach (var item in value.Iterate(machine))
            {
                machine.Budget.Step();
                if (test(item) == keep) yield return item;
            }
        }
    }

    static Func<Value, bool> Testing(Machine machine, Arguments arguments, bool byAttribute)
    {
        int offset = byAttribute ? 1 : 0;
        if (arguments.Positional.Count < offset) throw new JinjaError(ErrorKind.Runtime, "Missing parameter for attribute name");
        var getter = byAttribute ? Access.Getter(machine, arguments.Positional[0]) : item => item;
        if (arguments.Positional.Count == offset) return item => getter(item).IsTrue;
        string name = Named(machine, arguments.Positional[offset], "test");
        var test = TestTable.Find(name) ?? throw new JinjaError(ErrorKind.Runtime, $"No test named '{name}'.");
        return item => test(machine, getter(item), Rest(arguments, offset + 1));
    }

    static string Named(Machine machine, Value name, string kind) => name is StrValue text ? text.Units
        : throw new JinjaError(ErrorKind.Runtime, $"No {kind} named {name.ToRepr(machine).Units}.{(name is UndefinedValue ? " Did you forget to quote the name?" : "")}");

    static Arguments Rest(Arguments arguments, int skip) => new() { Positional = arguments.Positional.GetRange(skip, arguments.Positional.Count - skip), Named = arguments.Named };
}
