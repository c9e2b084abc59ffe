using System.Globalization;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Formatting;

/// <summary>Python's <c>format % values</c>.</summary>
internal sealed class PercentFormat
{
    readonly Machine _machine;
    readonly StrValue _format;
    readonly Value _values;
    readonly List<Value> _queue;
    readonly TextBuilder _builder;
    int _used;
    int _position;

    PercentFormat(Machine machine, StrValue format, Value values)
    {
        (_machine, _format, _values, _builder) = (machine, format, values, new TextBuilder(machine.Budget));
        _queue = values is TupleValue tuple ? tuple.Items : [values];
    }

    public static StrValue Format(Machine machine, StrValue format, Value values) => new PercentFormat(machine, format, values).Run();

    bool IsMapping => _values is not (TupleValue or StrValue) && _values.IsSubscriptable;

    StrValue Run()
    {
        string units = _format.Units;
        bool named = false;
        while (_position < units.Length)
        {
            int next = units.IndexOf('%', _position);
            if (next < 0) next = units.Length;
            _builder.Append(_format, _position, next - _position);
            _position = next + 1;
            if (next < units.Length) named |= Directive();
        }
        bool mayIgnore = named || IsMapping || _values is UndefinedValue;
        if (_used < _queue.Count && !mayIgnore) throw JinjaError.Type("not all arguments converted during string formatting");
        return _builder.ToValue(_format.IsMarkup);
    }

    char Peek() => _position < _format.UnitLength ? _format.Units[_position] : throw JinjaError.Value("incomplete format");

    Value NextValue() => _used < _queue.Count ? _queue[_used++] : throw JinjaError.Type("not enough arguments for format string");

    /// <summary>One directive after its percent sign; true when it names its value.</summary>
    bool Directive()
    {
        int start = _position - 1;
        Value? value = null;
        if (Peek() == '(')
        {
            int depth = 1, from = ++_position;
            for (; depth > 0; _position++) depth += Peek() switch { '(' => 1, ')' => -1, _ => 0 };
            if (!IsMapping) throw JinjaError.Type("format requires a mapping");
            var key = _format.Substring(_machine.Budget, from, _position - 1);
            value = _values.GetItem(_machine, key) ?? throw new JinjaError(ErrorKind.Lookup, $"KeyError: '{key.Units}'");
        }
        bool named = value is not null, left = false, zero = false, alternate = false;
        char sign = '\0';
        for (; Peek() is var flag and ('-' or '+' or ' ' or '#' or '0'); _position++)
        {
            left |= flag == '-';
            zero |= flag == '0';
            alternate |= flag == '#';
            if (flag == '+' || (flag == ' ' && sign == '\0')) sign = flag;
        }
        int width = Number() ?? 0;
        if (width < 0) (left, width) = (true, -width);
        int? precision = null;
        if (Peek() == '.')
        {
            _position++;
            precision = Math.Max(Number() ?? 0, 0);
        }
        while (Peek() is 'h' or 'l' or 'L') _position++;
        char type = Peek();
        _position++;
        if (type == '%')
        {
            _builder.Append('%', _format.AuthorAt(start));
            return named;
        }
        Convert(type, value ?? NextValue(), sign, left, zero, alternate, width, precision);
        return named;
    }

    int? Number()
    {
        if (Peek() == '*')
        {
            _position++;
            return NextValue() is var value && Numbers.TryIndex(value, out _) ? Numbers.ToInt32(value, "width") : throw JinjaError.Type("* wants int");
        }
        int start = _position;
        while (char.IsAsciiDigit(Peek())) _position++;
        if (start == _position) return null;
        return int.TryParse(_format.Units.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw JinjaError.Value("width too big");
    }

    void Convert(char type, Value value, char sign, bool left, bool zero, bool alternate, int width, int? precision)
    {
        _machine.Budget.CheckLength(Math.Max(width, precision ?? 0));
        switch (type)
        {
            case 's' or 'r' or 'a':
                var text = type == 's' ? value is StrValue s ? s : value.ToText(_machine) : value.ToRepr(_machine);
                if (type == 'a') text = StrFormat.Ascii(_machine, text);
                if (_format.IsMarkup) text = Html.Escape(_machine, text);
                if (precision is { } limit && text.Count > limit) text = text.Substring(_machine.Budget, 0, text.UnitOf(limit));
                Pad(text, left, width);
                break;
            case 'c':
                Pad(value is StrValue { Count: 1 } character ? character
                    : Numbers.TryIndex(value, out var point) ? point >= 0 && point <= 0x10FFFF ? new StrValue(char.ConvertFromUtf32((int)point), value.Author) : throw new JinjaError(ErrorKind.Overflow, "%c arg not in range(0x110000)")
                    : throw JinjaError.Type("%c requires int or char"), left, width);
                break;
            case 'd' or 'i' or 'u' or 'x' or 'X' or 'o':
                if (type is not ('x' or 'X' or 'o') && value is FloatValue whole) value = new IntValue(NumberMethods.Truncate(whole.Value), value.Author);
                if (!Numbers.TryIndex(value, out var integer))
                    throw value is UndefinedValue missing && type is 'd' or 'i' or 'u' ? ((UndefinedValue)value).Fail()
                        : JinjaError.Type($"%{type} format: {(type is 'd' or 'i' or 'u' ? "a real number" : "an integer")} is required, not {value.TypeName}");
                string digits = NumberFormat.Integer(integer, type);
                if (precision is { } least) { _machine.Budget.AllocateString(least); digits = digits.PadLeft(least, '0'); }
                Number(digits, integer.Sign < 0, alternate ? type switch { 'x' => "0x", 'X' => "0X", 'o' => "0o", _ => "" } : "", value.Author, sign, left, zero, width);
                break;
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                if (value is UndefinedValue undefined) throw undefined.Fail();
                if (!Numbers.TryDouble(value, out double real)) throw JinjaError.Type($"must be real number, not {value.TypeName}");
                Number(NumberFormat.Float(real, type, precision ?? 6, alternate, _machine.Budget), double.IsNegative(real) && !double.IsNaN(real), "", value.Author, sign, left, zero, width);
                break;
            default: throw JinjaError.Value($"unsupported format character '{type}' (0x{(int)type:x}) at index {_format.CharacterOf(_position - 1)}");
        }
    }

    void Number(string digits, bool negative, string prefix, int author, char sign, bool left, bool zero, int width)
    {
        string head = (negative ? "-" : sign == '\0' ? "" : sign.ToString()) + prefix;
        int missing = width - head.Length - digits.Length;
        if (!left && !zero) _builder.Append(' ', missing, author);
        _builder.Append(head, author);
        if (!left && zero) _builder.Append('0', missing, author);
        _builder.Append(digits, author);
        if (left) _builder.Append(' ', missing, author);
    }

    void Pad(StrValue text, bool left, int width)
    {
        int missing = width - text.Count;
        if (!left) _builder.Append(' ', missing, text.Author);
        _builder.Append(text);
        if (left) _builder.Append(' ', missing, text.Author);
    }
}
