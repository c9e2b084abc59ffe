using System.Globalization;
using System.Numerics;

namespace Juxta.Engine.Chat.Jinja.Formatting;

/// <summary>Numbers under Python's format types, without sign or padding.</summary>
internal static class NumberFormat
{
    /// <summary>|value| in type e, f, g, % or their capitals. <paramref name="alternate"/> keeps the point and trailing zeros.</summary>
    public static string Float(double value, char type, int precision, bool alternate, Budget budget)
    {
        budget.AllocateString(precision + 320L);
        char lower = char.ToLowerInvariant(type);
        string text = FloatText.Special(Math.Abs(value)) ?? lower switch
        {
            'f' or '%' => FloatText.Fixed(Math.Abs(type == '%' ? value * 100 : value), precision) + (alternate && precision == 0 ? "." : ""),
            'e' => Exponent(value, precision, alternate),
            _ => General(value, precision, alternate),
        };
        if (type == '%') text += "%";
        return char.IsUpper(type) ? text.ToUpperInvariant() : text;
    }

    static string Exponent(double value, int precision, bool alternate)
    {
        var (digits, exponent) = FloatText.Significant(value, precision + 1);
        string text = FloatText.Scientific(digits, exponent, 'e');
        return alternate && precision == 0 ? text.Insert(1, ".") : text;
    }

    static string General(double value, int precision, bool alternate)
    {
        precision = Math.Max(precision, 1);
        var (digits, exponent) = FloatText.Significant(value, precision);
        if (!alternate && digits.Length > 1) digits = digits[0] + digits[1..].TrimEnd('0');
        if (exponent < -4 || exponent >= precision) return FloatText.Scientific(digits, exponent, 'e');
        string text = FloatText.Positional(digits, exponent, pad: false);
        return alternate && !text.Contains('.') ? text + "." : text;
    }

    /// <summary>|value| in base 2, 8, 10 or 16.</summary>
    public static string Integer(BigInteger value, char type)
    {
        value = BigInteger.Abs(value);
        if (type is 'd' or 'n' or 'i' or 'u') return Values.IntValue.Digits(value);
        if (value.IsZero) return "0";
        string text = type switch
        {
            'x' or 'X' => value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0'),
            'b' => value.ToString("b", CultureInfo.InvariantCulture).TrimStart('0'),
            _ => Octal(value),
        };
        return type == 'X' ? text.ToUpperInvariant() : text;
    }

    static string Octal(BigInteger value)
    {
        string bits = value.ToString("b", CultureInfo.InvariantCulture).TrimStart('0');
        bits = bits.PadLeft((bits.Length + 2) / 3 * 3, '0');
        return string.Concat(bits.Chunk(3).Select(three => (char)('0' + ((three[0] - '0') * 4) + ((three[1] - '0') * 2) + three[2] - '0')));
    }
}
