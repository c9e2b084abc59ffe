using System.Globalization;
using Juxta.Engine.Chat.Jinja.Strings;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Formatting;

/// <summary>Python's format specification: [[fill]align][sign][z][#][0][width][,|_][.precision][type].</summary>
internal readonly record struct FormatSpec(string Fill, char Align, char Sign, bool NoNegativeZero, bool Alternate, int Width, char Group, int? Precision, char Type)
{
    static FormatSpec Parse(string spec, Value value)
    {
        var points = CodePoints.Of(spec).Select(point => point is >= 0xD800 and <= 0xDFFF ? ((char)point).ToString() : char.ConvertFromUtf32(point)).ToArray();
        int at = 0;
        string fill = " ";
        char align = '\0', sign = '\0', group = '\0', type = '\0';
        bool noNegativeZero = false, alternate = false;
        if (points.Length > 1 && IsAlign(points[1])) { fill = points[0]; align = points[1][0]; at = 2; }
        else if (points.Length > 0 && IsAlign(points[0])) { align = points[0][0]; at = 1; }
        if (Is("+") || Is("-") || Is(" ")) sign = points[at++][0];
        if (Is("z")) { noNegativeZero = true; at++; }
        if (Is("#")) { alternate = true; at++; }
        if (Is("0") && align == '\0') { (fill, align) = ("0", value is StrValue ? '<' : '='); at++; }
        else if (Is("0") && fill == " ") { fill = at > 0 && points.Length > 1 && IsAlign(points[1]) ? fill : "0"; }
        int width = Number() ?? 0;
        if (Is(",") || Is("_")) group = points[at++][0];
        int? precision = null;
        if (Is(".")) { at++; precision = Number() ?? throw JinjaError.Value("Format specifier missing precision"); }
        if (at < points.Length && points[at].Length == 1) type = points[at++][0];
        if (at < points.Length) throw JinjaError.Value("Invalid format specifier");
        return new FormatSpec(fill, align, sign, noNegativeZero, alternate, width, group, precision, type);

        bool Is(string text) => at < points.Length && points[at] == text;

        int? Number()
        {
            int start = at;
            while (at < points.Length && points[at].Length == 1 && char.IsAsciiDigit(points[at][0])) at++;
            if (start == at) return null;
            return int.TryParse(string.Concat(points[start..at]), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw JinjaError.Value("Too many decimal digits in format string");
        }
    }

    static bool IsAlign(string text) => text is "<" or ">" or "=" or "^";

    /// <summary>Python's <c>format(value, spec)</c>.</summary>
    public static StrValue Format(Machine machine, Value value, string spec)
    {
        if (spec.Length == 0) return value.ToText(machine);
        if (value is not (StrValue or IntValue or FloatValue or BoolValue)) throw JinjaError.Type($"unsupported format string passed to {value.TypeName}.__format__");
        var parsed = Parse(spec, value);
        machine.Budget.CheckLength(Math.Max(parsed.Width, parsed.Precision ?? 0));
        if (value is BoolValue flag && parsed.Type is '\0' or 's' && value is BoolValue) return parsed.Text(machine, value.ToText(machine));
        if (value is StrValue text) return parsed.Text(machine, text);
        return value is FloatValue || parsed.Type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%' ? parsed.Real(machine, value) : parsed.Integer(machine, value);
    }

    StrValue Text(Machine machine, StrValue text)
    {
        if (Type is not ('\0' or 's')) throw Unknown("str");
        if (Sign != '\0') throw JinjaError.Value("Sign not allowed in string format specifier");
        if (Align == '=') throw JinjaError.Value("'=' alignment not allowed in string format specifier");
        if (Group != '\0') throw JinjaError.Value($"Cannot specify '{Group}' with 's'.");
        if (Alternate) throw JinjaError.Value("Alternate form (#) not allowed in string format specifier");
        if (Precision is { } limit && text.Count > limit) text = text.Substring(machine.Budget, 0, text.UnitOf(limit));
        return Pad(machine, text, Align == '\0' ? '<' : Align);
    }

    StrValue Integer(Machine machine, Value value)
    {
        Numbers.TryIndex(value, out var integer);
        if (Type == 'c')
            return Pad(machine, new StrValue(integer >= 0 && integer <= 0x10FFFF && !(integer >= 0xD800 && integer <= 0xDFFF) ? char.ConvertFromUtf32((int)integer)
                : throw new JinjaError(ErrorKind.Overflow, "%c arg not in range(0x110000)"), value.Author), Align == '\0' ? '<' : Align);
        if (Type is not ('\0' or 'd' or 'n' or 'x' or 'X' or 'o' or 'b')) throw Unknown("int");
        if (Precision is not null) throw JinjaError.Value("Precision not allowed in integer format specifier");
        if (Group == ',' && Type is 'x' or 'X' or 'o' or 'b') throw JinjaError.Value($"Cannot specify ',' with '{Type}'.");
        string prefix = !Alternate ? "" : Type switch { 'x' => "0x", 'X' => "0X", 'o' => "0o", 'b' => "0b", _ => "" };
        string digits = NumberFormat.Integer(integer, Type == '\0' ? 'd' : Type);
        return Number(machine, digits, "", integer.Sign < 0, prefix, Type is 'x' or 'X' or 'o' or 'b' ? 4 : 3, value.Author);
    }

    StrValue Real(Machine machine, Value value)
    {
        if (Type is not ('\0' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 'n' or '%')) throw Unknown("float");
        Numbers.TryDouble(value, out double real);
        string text;
        if (Type == '\0' && Precision is null) text = FloatText.Repr(Math.Abs(real));
        else if (Type == '\0')
        {
            text = NumberFormat.Float(real, 'g', Precision!.Value, Alternate, machine.Budget);
            // Without a type the result keeps a digit behind the point, and turns to an exponent one digit earlier.
            if (double.IsFinite(real) && FloatText.Significant(real, Math.Max(Precision.Value, 1)).Exponent is var exponent)
            {
                if (exponent >= Math.Max(Precision.Value, 1) - 1 && exponent >= 0 && !text.Contains('e') && Precision.Value > 0 && exponent > Math.Max(Precision.Value, 1) - 2)
                    text = FloatText.Scientific(TrimZeros(FloatText.Significant(real, Math.Max(Precision.Value, 1)).Digits), exponent, 'e');
                if (!text.Contains('e') && !text.Contains('.')) text += ".0";
            }
        }
        else text = NumberFormat.Float(real, Type == 'n' ? 'g' : Type, Precision ?? 6, Alternate, machine.Budget);
        int whole = 0;
        while (whole < text.Length && char.IsAsciiDigit(text[whole])) whole++;
        bool negative = double.IsNegative(real) && !double.IsNaN(real) && !(NoNegativeZero && !text.AsSpan().ContainsAnyInRange('1', '9'));
        return Number(machine, text[..whole], text[whole..], negative, "", 3, value.Author);
    }

    static string TrimZeros(string digits) => digits.Length > 1 ? digits[0] + digits[1..].TrimEnd('0') : digits;

    StrValue Number(Machine machine, string digits, string rest, bool negative, string prefix, int groupSize, int author)
    {
        string head = (negative ? "-" : Sign is '+' or ' ' ? Sign.ToString() : "") + prefix;
        bool zeroFill = Fill == "0" && Align == '=';
        if (Group != '\0')
        {
            // Zeros that fill the width are grouped with the digits.
            int room = zeroFill ? Width - head.Length - rest.Length : 0;
            while (zeroFill && Grouped(digits, groupSize, Group).Length < room) digits = "0" + digits;
            digits = Grouped(digits, groupSize, Group);
        }
        if (Align == '=')
        {
            var builder = new TextBuilder(machine.Budget);
            builder.Append(head, author);
            for (int i = head.Length + digits.Length + rest.Length; i < Width; i++) builder.Append(Fill, author);
            builder.Append(digits + rest, author);
            return builder.ToValue();
        }
        return Pad(machine, new StrValue(head + digits + rest, author), Align == '\0' ? '>' : Align);
    }

    static string Grouped(string digits, int size, char mark)
    {
        if (digits.Length <= size) return digits;
        int first = digits.Length % size;
        var groups = Enumerable.Range(0, digits.Length / size).Select(i => digits.Substring(first + (i * size), size));
        return string.Join(mark, first > 0 ? groups.Prepend(digits[..first]) : groups);
    }

    StrValue Pad(Machine machine, StrValue text, char align)
    {
        int missing = Width - text.Count;
        if (missing <= 0) return text;
        int left = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
        var builder = new TextBuilder(machine.Budget);
        for (int i = 0; i < left; i++) builder.Append(Fill, text.Author);
        builder.Append(text);
        for (int i = left; i < missing; i++) builder.Append(Fill, text.Author);
        return builder.ToValue(text.IsMarkup);
    }

    JinjaError Unknown(string type) => JinjaError.Value($"Unknown format code '{Type}' for object of type '{type}'");
}
