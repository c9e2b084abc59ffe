using System.Globalization;
using Juxta.Engine.Chat.Jinja.Strings;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Formatting;

/// <summary>Python's <c>str.format</c>. Fields reach into their values under the sandbox's rules.</summary>
internal sealed class StrFormat(Machine machine, StrValue format, List<Value> positional, Func<string, Value?> named)
{
    int _automatic;
    bool? _isAutomatic;

    public static StrValue Format(Machine machine, StrValue format, Arguments arguments) =>
        new StrFormat(machine, format, arguments.Positional, name => arguments.Named.GetValueOrDefault(name)).Run(format, 2);

    public static StrValue FormatMap(Machine machine, StrValue format, Arguments arguments)
    {
        var mapping = arguments.BindPositional("format_map", 1, 1)[0]!;
        return new StrFormat(machine, format, [], name => mapping.GetItem(machine, new StrValue(name))).Run(format, 2);
    }

    StrValue Run(StrValue text, int depth)
    {
        if (depth < 0) throw JinjaError.Value("Max string recursion exceeded");
        string units = text.Units;
        var builder = new TextBuilder(machine.Budget);
        int plain = 0;
        for (int i = 0; i < units.Length; i++)
        {
            if (units[i] is not ('{' or '}')) continue;
            builder.Append(text, plain, i - plain);
            if (i + 1 < units.Length && units[i + 1] == units[i])
            {
                builder.Append(text, i, 1);
                plain = ++i + 1;
                continue;
            }
            if (units[i] == '}') throw JinjaError.Value("Single '}' encountered in format string");
            int end = FieldEnd(units, i + 1);
            builder.Append(Field(text.Substring(machine.Budget, i + 1, end), depth));
            plain = end + 1;
            i = end;
        }
        builder.Append(text, plain, units.Length - plain);
        return builder.ToValue(format.IsMarkup);
    }

    static int FieldEnd(string units, int start)
    {
        int depth = 1;
        bool inKey = false;
        for (int i = start; i < units.Length; i++)
        {
            if (units[i] == '[') inKey = true;
            else if (units[i] == ']') inKey = false;
            else if (units[i] == '{' && !inKey) depth++;
            else if (units[i] == '}' && !inKey && --depth == 0) return i;
        }
        throw JinjaError.Value(start == units.Length ? "Single '{' encountered in format string" : "expected '}' before end of string");
    }

    StrValue Field(StrValue field, int depth)
    {
        string units = field.Units;
        int nameEnd = 0;
        for (bool inKey = false; nameEnd < units.Length && (inKey || units[nameEnd] is not ('!' or ':')); nameEnd++)
            inKey = units[nameEnd] == '[' || (inKey && units[nameEnd] != ']');
        var value = Lookup(units[..nameEnd]);
        int at = nameEnd;
        if (at < units.Length && units[at] == '!')
        {
            if (at + 1 >= units.Length) throw JinjaError.Value("end of string while looking for conversion specifier");
            value = units[at + 1] switch
            {
                's' => value.ToText(machine),
                'r' => value.ToRepr(machine),
                'a' => Ascii(machine, value.ToRepr(machine)),
                var other => throw JinjaError.Value($"Unknown conversion specifier {other}"),
            };
            at += 2;
            if (at < units.Length && units[at] != ':') throw JinjaError.Value("expected ':' after conversion specifier");
        }
        string spec = at < units.Length ? Run(field.Substring(machine.Budget, at + 1, units.Length), depth - 1).Units : "";
        if (spec.Length == 0 && value is StrValue whole) return format.IsMarkup ? Html.Escape(machine, whole) : whole;
        var text = FormatSpec.Format(machine, value, spec);
        return format.IsMarkup ? Html.Escape(machine, text) : text;
    }

    Value Lookup(string name)
    {
        int end = name.AsSpan().IndexOfAny('.', '[');
        string first = end < 0 ? name : name[..end];
        Value value;
        if (first.Length == 0 || first.All(char.IsAsciiDigit))
        {
            if (_isAutomatic is { } before && before != (first.Length == 0))
                throw JinjaError.Value(before ? "cannot switch from automatic field numbering to manual field specification" : "cannot switch from manual field specification to automatic field numbering");
            _isAutomatic = first.Length == 0;
            int index = first.Length == 0 ? _automatic++ : int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : throw JinjaError.Value("Too many decimal digits in format string");
            value = index < positional.Count ? positional[index] : throw new JinjaError(ErrorKind.Lookup, "Replacement index out of range for positional args tuple");
        }
        else value = named(first) ?? throw new JinjaError(ErrorKind.Lookup, $"KeyError: '{first}'");
        for (int at = first.Length; at < name.Length;)
        {
            if (name[at] == '.')
            {
                int stop = name.AsSpan(at + 1).IndexOfAny('.', '[') is var offset and >= 0 ? at + 1 + offset : name.Length;
                string attribute = name[(at + 1)..stop];
                if (attribute.Length == 0) throw JinjaError.Value("Empty attribute in format string");
                value = Access.Attribute(machine, value, attribute, new StrValue(attribute));
                at = stop;
            }
            else if (name[at] == '[')
            {
                int stop = name.IndexOf(']', at);
                if (stop < 0) throw JinjaError.Value("Missing ']' in format string");
                string key = name[(at + 1)..stop];
                if (key.Length == 0) throw JinjaError.Value("Empty attribute in format string");
                value = Access.Item(machine, value, int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? new IntValue(index) : new StrValue(key));
                at = stop + 1;
            }
            else throw JinjaError.Value("Only '.' or '[' may follow ']' in format field specifier");
        }
        return value;
    }

    /// <summary>Everything beyond ASCII as an escape.</summary>
    public static StrValue Ascii(Machine machine, StrValue text)
    {
        var builder = new TextBuilder(machine.Budget);
        for (int i = 0; i < text.UnitLength;)
        {
            int point = CodePoints.At(text.Units, i);
            if (point < 128) builder.Append((char)point, text.AuthorAt(i));
            else builder.Append(point < 0x100 ? $"\\x{point:x2}" : point < 0x10000 ? $"\\u{point:x4}" : $"\\U{point:x8}", text.AuthorAt(i));
            i += CodePoints.UnitsAt(text.Units, i);
        }
        return builder.ToValue();
    }
}
