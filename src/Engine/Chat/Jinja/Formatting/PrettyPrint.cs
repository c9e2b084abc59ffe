using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Formatting;

/// <summary>Python's <c>pprint.pformat</c>: repr with dict keys in order, one item a line where it would be wider than 80 characters.</summary>
internal sealed class PrettyPrint(Machine machine)
{
    const int Width = 80;
    readonly TextBuilder _builder = new(machine.Budget);

    public static StrValue Write(Machine machine, Value value)
    {
        var printer = new PrettyPrint(machine);
        printer.Write(value, indent: 0, allowance: 0);
        return printer._builder.ToValue();
    }

    void Write(Value value, int indent, int allowance)
    {
        Budget.CheckStack();
        var repr = Ordered(value).ToRepr(machine);
        if (repr.Count <= Width - indent - allowance) { _builder.Append(repr); return; }
        switch (value)
        {
            case DictValue { Count: > 0 } dict:
                Items("{", "}", Entries(dict), dict.Author, indent, allowance, (entry, room) =>
                {
                    var key = Ordered(entry.Key).ToRepr(machine);
                    _builder.Append(key);
                    _builder.Append(": ", dict.Author);
                    Write(entry.Value, indent + 1 + key.Count + 2, room);
                });
                break;
            case ListValue { Items.Count: > 0 } list:
                bool tuple = list is TupleValue;
                Items(tuple ? "(" : "[", tuple ? list.Items.Count == 1 ? ",)" : ")" : "]", list.Items, list.Author, indent, allowance, (item, room) => Write(item, indent + 1, room));
                break;
            case StrValue { IsMarkup: false, Count: > 0 } text: Text(text, indent, allowance); break;
            default: _builder.Append(repr); break;
        }
    }

    void Items<T>(string open, string close, IReadOnlyList<T> items, int author, int indent, int allowance, Action<T, int> write)
    {
        _builder.Append(open, author);
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                _builder.Append(",\n", author);
                _builder.Append(' ', indent + 1, author);
            }
            write(items[i], i == items.Count - 1 ? allowance + close.Length : 1);
        }
        _builder.Append(close, author);
    }

    /// <summary>Long strings break after their lines and then between words, as literals side by side.</summary>
    void Text(StrValue text, int indent, int allowance)
    {
        var pieces = new List<StrValue>();
        var lines = Strings.Splitting.Lines(machine, text, keepEnds: true).ToList();
        int level = indent == 0 ? 1 : 0;
        int column = indent + level;
        allowance += level;
        for (int i = 0; i < lines.Count; i++)
        {
            int room = Width - column - (i == lines.Count - 1 ? allowance : 0);
            if (lines[i].ToRepr(machine).Count <= room) { pieces.Add(lines[i].ToRepr(machine)); continue; }
            var words = Words(lines[i]);
            var current = new StrValue("", lines[i].Author);
            for (int w = 0; w < words.Count; w++)
            {
                machine.Budget.Step();
                var candidate = StrValue.Concat(current, words[w], machine.Budget);
                int most = Width - column - (w == words.Count - 1 && i == lines.Count - 1 ? allowance : 0);
                if (candidate.ToRepr(machine).Count > most)
                {
                    if (current.IsTrue) pieces.Add(current.ToRepr(machine));
                    current = words[w];
                }
                else current = candidate;
            }
            if (current.IsTrue) pieces.Add(current.ToRepr(machine));
        }
        bool parentheses = level == 1 && pieces.Count > 1;
        if (pieces.Count == 1) { _builder.Append(pieces[0]); return; }
        if (parentheses) _builder.Append("(", text.Author);
        for (int i = 0; i < pieces.Count; i++)
        {
            if (i > 0)
            {
                _builder.Append('\n', text.Author);
                _builder.Append(' ', column, text.Author);
            }
            _builder.Append(pieces[i]);
        }
        if (parentheses) _builder.Append(")", text.Author);
    }

    /// <summary>Each word with the whitespace behind it.</summary>
    List<StrValue> Words(StrValue line)
    {
        var words = new List<StrValue>();
        for (int start = 0; start < line.UnitLength;)
        {
            int end = start;
            while (end < line.UnitLength && !Strings.CodePoints.IsSpace(line.Units[end])) end++;
            while (end < line.UnitLength && Strings.CodePoints.IsSpace(line.Units[end])) end++;
            words.Add(line.Substring(machine.Budget, start, end));
            start = end;
        }
        return words;
    }

    List<KeyValuePair<Value, Value>> Entries(DictValue dict)
    {
        try
        {
            return Sorting.Sort(machine, dict.Entries.ToList(), entry => entry.Key, reverse: false);
        }
        catch (JinjaError error) when (error.Kind == ErrorKind.Type)
        {
            return [.. dict.Entries];
        }
    }

    /// <summary>The value with the keys of every dict inside it in order.</summary>
    Value Ordered(Value value)
    {
        Budget.CheckStack();
        machine.Budget.Step();
        switch (value)
        {
            case DictValue dict:
                var sorted = new DictValue(dict.Author);
                foreach (var (key, item) in Entries(dict)) sorted.Set(key, Ordered(item));
                return sorted;
            case GroupValue: return value;
            case ListValue list: return list.WithItems(list.Items.ConvertAll(Ordered));
            default: return value;
        }
    }
}
