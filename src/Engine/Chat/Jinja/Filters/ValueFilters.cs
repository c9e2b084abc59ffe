using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Filters;

/// <summary>Filters over any kind of value.</summary>
internal static class ValueFilters
{
    public static Value Default(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("default", 0, "default_value", "boolean");
        bool missing = value is UndefinedValue || ((options[1]?.IsTrue ?? false) && !value.IsTrue);
        return missing ? options[0] ?? StrValue.Empty : value;
    }

    public static Value Length(Machine machine, Value value, Arguments arguments)
    {
        arguments.BindPositional("len", 0, 0);
        return value.Length is { } length ? new IntValue(length) : throw JinjaError.Type($"object of type '{value.TypeName}' has no len()");
    }

    public static Value Escape(Machine machine, Value value, Arguments arguments)
    {
        arguments.BindPositional("escape", 0, 0);
        return Html.Escape(machine, value);
    }

    public static Value Attribute(Machine machine, Value value, Arguments arguments)
    {
        if (arguments.Bind("attr", 1, "name")[0] is not StrValue name) throw JinjaError.Type("attribute name must be string");
        return Access.Find(machine, value, name.Units) ?? UndefinedValue.Missing(machine, value, name);
    }

    public static Value UrlEncode(Machine machine, Value value, Arguments arguments)
    {
        arguments.BindPositional("urlencode", 0, 0);
        if (value is StrValue or BytesValue || !value.IsIterable) return Html.UrlQuote(machine, value, forQuery: false);
        var pairs = value is DictValue dict ? dict.Entries.Select(entry => (entry.Key, entry.Value))
            : value.Iterate(machine).Select(pair => SequenceFilters.ToList(machine, pair) is [var key, var item] ? (key, item) : throw JinjaError.Value("not enough values to unpack (expected 2)"));
        var builder = new TextBuilder(machine.Budget);
        foreach (var (key, item) in pairs)
        {
            if (builder.Length > 0) builder.Append('&', PromptSpan.Template);
            builder.Append(Html.UrlQuote(machine, key, forQuery: true));
            builder.Append('=', PromptSpan.Template);
            builder.Append(Html.UrlQuote(machine, item, forQuery: true));
        }
        return builder.ToValue();
    }

    public static Value XmlAttributes(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("xmlattr", 0, "autospace");
        if (value is UndefinedValue missing) throw missing.Fail();
        if (value is not DictValue dict) throw new JinjaError(ErrorKind.Attribute, $"'{value.TypeName}' object has no attribute 'items'");
        var builder = new TextBuilder(machine.Budget);
        foreach (var (key, item) in dict.Entries)
        {
            if (item is NoneValue or UndefinedValue) continue;
            if (key is not StrValue name) throw JinjaError.Type("expected string or bytes-like object");
            if (name.Units.Any(unit => unit is ' ' or (>= '\t' and <= '\r') or '/' or '>' or '=')) throw JinjaError.Value($"Invalid character in attribute name: {name.ToRepr(machine).Units}");
            if (builder.Length > 0 || (options[0]?.IsTrue ?? true)) builder.Append(' ', PromptSpan.Template);
            builder.Append(Html.Escape(machine, key));
            builder.Append("=\"", PromptSpan.Template);
            builder.Append(Html.Escape(machine, item));
            builder.Append('"', PromptSpan.Template);
        }
        return builder.ToValue(machine.Autoescape);
    }
}
