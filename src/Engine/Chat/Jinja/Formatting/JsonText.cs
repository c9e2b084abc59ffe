using Juxta.Engine.Chat.Jinja.Strings;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Formatting;

/// <summary>Python's <c>json.dumps</c>, which transformers puts in place of Jinja's HTML-minded <c>tojson</c>. Punctuation belongs to whoever wrote the container.</summary>
internal sealed class JsonText
{
    readonly Machine _machine;
    readonly TextBuilder _builder;
    readonly bool _ascii, _sort;
    readonly StrValue? _indent;
    readonly StrValue _itemSeparator, _keySeparator;

    JsonText(Machine machine, Value?[] options)
    {
        (_machine, _builder) = (machine, new TextBuilder(machine.Budget));
        _ascii = options[0]?.IsTrue ?? false;
        _sort = options[3]?.IsTrue ?? false;
        _indent = options[1] switch
        {
            null or NoneValue => null,
            StrValue text => text,
            var width => StringMethods.Call(machine, StrValue.Empty, "ljust", new IntValue(Numbers.ToInt32(width, "indent"))) as StrValue,
        };
        (_itemSeparator, _keySeparator) = (new StrValue(_indent is null ? ", " : ","), new StrValue(": "));
        if (options[2] is null or NoneValue) return;
        if (options[2] is not ListValue { Items: [StrValue item, StrValue key] }) throw JinjaError.Type("separators must be a pair of strings");
        (_itemSeparator, _keySeparator) = (item, key);
    }

    /// <summary>The options are ensure_ascii, indent, separators, sort_keys; null where left out.</summary>
    public static StrValue Write(Machine machine, Value value, Value?[] options)
    {
        var text = new JsonText(machine, options);
        text.Write(value, 0);
        return text._builder.ToValue();
    }

    void Write(Value value, int depth)
    {
        Budget.CheckStack();
        _machine.Budget.Step();
        switch (value)
        {
            case StrValue text: WriteText(text); break;
            case NoneValue: _builder.Append("null", value.Author); break;
            case BoolValue flag: _builder.Append(flag.Value ? "true" : "false", value.Author); break;
            case IntValue: value.WriteRepr(_builder); break;
            case FloatValue real: _builder.Append(Number(real.Value), value.Author); break;
            case ListValue list: WriteItems("[", "]", list.Items, list.Author, depth, item => Write(item, depth + 1)); break;
            case DictValue dict:
                var entries = dict.Entries.ToList();
                if (_sort) entries = Sorting.Sort(_machine, entries, entry => entry.Key, reverse: false);
                WriteItems("{", "}", entries, dict.Author, depth, entry =>
                {
                    WriteKey(entry.Key);
                    _builder.Append(_keySeparator.Units, dict.Author);
                    Write(entry.Value, depth + 1);
                });
                break;
            default: throw JinjaError.Type($"Object of type {value.TypeName} is not JSON serializable");
        }
    }

    static string Number(double value) => double.IsNaN(value) ? "NaN" : double.IsInfinity(value) ? value > 0 ? "Infinity" : "-Infinity" : FloatText.Repr(value);

    void WriteItems<T>(string open, string close, List<T> items, int author, int depth, Action<T> write)
    {
        _builder.Append(open, author);
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0) _builder.Append(_itemSeparator.Units, author);
            NewLine(depth + 1, author);
            write(items[i]);
        }
        if (items.Count > 0) NewLine(depth, author);
        _builder.Append(close, author);
    }

    void NewLine(int depth, int author)
    {
        if (_indent is null) return;
        _builder.Append('\n', author);
        for (int i = 0; i < depth; i++) _builder.Append(_indent.Units, author);
    }

    void WriteKey(Value key)
    {
        switch (key)
        {
            case StrValue text: WriteText(text); break;
            case NoneValue: WriteText(new StrValue("null", key.Author)); break;
            case BoolValue flag: WriteText(new StrValue(flag.Value ? "true" : "false", key.Author)); break;
            case IntValue integer: WriteText(new StrValue(IntValue.Digits(integer.Value), key.Author)); break;
            case FloatValue real: WriteText(new StrValue(Number(real.Value), key.Author)); break;
            default: throw JinjaError.Type($"keys must be str, int, float, bool or None, not {key.TypeName}");
        }
    }

    void WriteText(StrValue text)
    {
        _builder.Append('"', text.AuthorAtEdge(first: true));
        string units = text.Units;
        int plain = 0;
        for (int i = 0; i < units.Length; i++)
        {
            char unit = units[i];
            string? escape = unit switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\f' => "\\f",
                '\b' => "\\b",
                < ' ' => $"\\u{(int)unit:x4}",
                > '~' when _ascii && unit != '\x7f' => $"\\u{(int)unit:x4}",
                _ => null,
            };
            if (escape is null) continue;
            _builder.Append(text, plain, i - plain);
            _builder.Append(escape, text.AuthorAt(i));
            plain = i + 1;
        }
        _builder.Append(text, plain, units.Length - plain);
        _builder.Append('"', text.AuthorAtEdge(first: false));
    }
}
