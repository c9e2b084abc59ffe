using Juxta.Engine.Chat.Jinja.Formatting;
using Juxta.Engine.Chat.Jinja.Strings;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Filters;

/// <summary>Filters over text.</summary>
internal static class TextFilters
{
    /// <summary>The value as text, markup kept as markup.</summary>
    public static StrValue Soft(Machine machine, Value value) => value as StrValue ?? value.ToText(machine);

    public static Value Center(Machine machine, Value value, Arguments arguments) =>
        StringMethods.Call(machine, Soft(machine, value), "center", arguments.Bind("center", 0, "width")[0] ?? new IntValue(80));

    public static Value Format(Machine machine, Value value, Arguments arguments)
    {
        if (arguments.Positional.Count > 0 && arguments.Named.Count > 0)
            throw new JinjaError(ErrorKind.Runtime, "can't handle positional and keyword arguments at the same time");
        if (arguments.Named.Count == 0) return PercentFormat.Format(machine, Soft(machine, value), new TupleValue(arguments.Positional));
        var named = new DictValue();
        foreach (var (name, item) in arguments.Named) named.Set(name, item);
        return PercentFormat.Format(machine, Soft(machine, value), named);
    }

    public static Value Replace(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("replace", 2, "old", "new", "count");
        int count = options[2] is null or NoneValue ? -1 : Numbers.ToInt32(options[2]!, "count");
        if (!machine.Autoescape) return StringMethods.Replace(machine, value.ToText(machine), options[0]!.ToText(machine), options[1]!.ToText(machine), count);
        bool escapes = options[0] is StrValue { IsMarkup: true } || (options[1] is StrValue { IsMarkup: true } && value is not StrValue { IsMarkup: true });
        return StringMethods.Replace(machine, escapes ? Html.Escape(machine, value) : Soft(machine, value), Soft(machine, options[0]!), Soft(machine, options[1]!), count);
    }

    public static Value Join(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("join", 0, "d", "attribute");
        Value separator = options[0] ?? StrValue.Empty;
        var getter = Access.Getter(machine, options[1]);
        var items = SequenceFilters.ToList(machine, value).ConvertAll(item => getter(item));
        bool markup = machine.Autoescape && (separator is StrValue { IsMarkup: true } || items.Exists(item => item is StrValue { IsMarkup: true }));
        var text = new ListValue(items.ConvertAll(item => (Value)(markup ? Soft(machine, item) : item.ToText(machine))));
        return StringMethods.Join(machine, markup ? Html.Escape(machine, separator) : separator.ToText(machine), text);
    }

    /// <summary>The first letter of each word in capitals, the others small. Words end at whitespace and at opening brackets, not at apostrophes.</summary>
    public static StrValue Title(Machine machine, StrValue text)
    {
        var builder = new TextBuilder(machine.Budget);
        string units = text.Units;
        for (int start = 0; start < units.Length;)
        {
            int end = start;
            bool between = IsBetween(units[start]);
            while (end < units.Length && IsBetween(units[end]) == between) end++;
            int first = start + CodePoints.UnitsAt(units, start);
            builder.Append(Casing.Upper(machine, text.Substring(machine.Budget, start, first)));
            builder.Append(Casing.Lower(machine, text.Substring(machine.Budget, first, end)));
            start = end;
        }
        return builder.ToValue();

        static bool IsBetween(char unit) => unit is '-' or '(' or '{' or '[' or '<' || CodePoints.IsSpace(unit);
    }

    public static Value Indent(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("indent", 0, "width", "first", "blank");
        if (value is UndefinedValue missing) throw missing.Fail();
        if (value is not StrValue text) throw JinjaError.Type($"unsupported operand type(s) for +=: '{value.TypeName}' and 'str'");
        var indention = options[0] as StrValue ?? (StrValue)StringMethods.Call(machine, StrValue.Empty, "ljust", options[0] ?? new IntValue(4));
        if (text.IsMarkup) indention = Html.Escape(machine, indention);
        bool first = options[1]?.IsTrue ?? false, blank = options[2]?.IsTrue ?? false;
        var builder = new TextBuilder(machine.Budget);
        if (first) builder.Append(indention);
        int index = 0;
        foreach (var line in Splitting.Lines(machine, StrValue.Concat(text, new StrValue("\n", text.UnitLength > 0 ? text.AuthorAt(text.UnitLength - 1) : text.Author, text.IsMarkup), machine.Budget), keepEnds: false))
        {
            if (index > 0) builder.Append('\n', text.Author);
            if (index++ > 0 && (blank || line.UnitLength > 0)) builder.Append(indention);
            builder.Append(line);
        }
        return builder.ToValue(text.IsMarkup);
    }

    public static Value Truncate(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("truncate", 0, "length", "killwords", "end", "leeway");
        int length = options[0] is null ? 255 : Numbers.ToInt32(options[0]!, "length");
        var end = options[2] is null ? new StrValue("...") : options[2] as StrValue ?? throw JinjaError.Type("end must be a string");
        int leeway = options[3] is null or NoneValue ? 5 : Numbers.ToInt32(options[3]!, "leeway");
        if (length < end.Count) throw JinjaError.Value($"expected length >= {end.Count}, got {length}");
        if (leeway < 0) throw JinjaError.Value($"expected leeway >= 0, got {leeway}");
        if (value.Length is not { } count) throw JinjaError.Type($"object of type '{value.TypeName}' has no len()");
        if (count <= (long)length + leeway) return value;
        if (value is not StrValue text) throw JinjaError.Type($"cannot truncate a {value.TypeName}");
        var kept = text.Substring(machine.Budget, 0, text.UnitOf(length - end.Count));
        int space = options[1]?.IsTrue ?? false ? -1 : kept.Units.LastIndexOf(' ');
        if (space >= 0) kept = kept.Substring(machine.Budget, 0, space);
        return StrValue.Concat(kept, text.IsMarkup ? Html.Escape(machine, end) : end, machine.Budget);
    }

    public static Value WordCount(Machine machine, Value value, Arguments arguments)
    {
        arguments.BindPositional("wordcount", 0, 0);
        int count = 0;
        bool inWord = false;
        foreach (int point in CodePoints.Of(Soft(machine, value).Units))
        {
            bool word = point == '_' || CodePoints.IsAlphanumeric(point);
            if (word && !inWord) count++;
            inWord = word;
        }
        return new IntValue(count);
    }
}
