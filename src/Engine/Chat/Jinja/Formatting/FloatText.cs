using System.Globalization;
using System.Numerics;
using System.Text;

namespace Juxta.Engine.Chat.Jinja.Formatting;

/// <summary>Floats as Python writes them. Digits come from exact integer arithmetic, rounded half to even as CPython's dtoa does.</summary>
internal static class FloatText
{
    /// <summary>Python's <c>repr(float)</c>: the shortest digits that read back as the same value.</summary>
    public static string Repr(double value)
    {
        if (Special(value) is { } special) return special;
        var (digits, exponent) = Shortest(Math.Abs(value));
        string text = exponent is >= -4 and < 16 ? Positional(digits, exponent, pad: true) : Scientific(digits, exponent, 'e');
        return double.IsNegative(value) ? "-" + text : text;
    }

    public static string? Special(double value) => double.IsNaN(value) ? "nan" : double.IsPositiveInfinity(value) ? "inf" : double.IsNegativeInfinity(value) ? "-inf" : null;

    /// <summary>The shortest digits d.ddd and their decimal exponent.</summary>
    public static (string Digits, int Exponent) Shortest(double value)
    {
        if (value == 0) return ("0", 0);
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        int exponent = 0, mark = shortest.IndexOf('E');
        if (mark >= 0) exponent = int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = mark >= 0 ? shortest[..mark] : shortest;
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        if (mark < 0)
        {
            int point = mantissa.IndexOf('.');
            int whole = point < 0 ? mantissa.Length : point;
            int leading = digits.Length - digits.TrimStart('0').Length;
            exponent = whole - leading - 1;
            digits = digits[leading..];
        }
        digits = digits.TrimEnd('0');
        return (digits.Length == 0 ? "0" : digits, exponent);
    }

    /// <summary>|value| with <paramref name="decimals"/> digits after the point; where that is negative, |value| in units of that power of ten.</summary>
    public static string Fixed(double value, int decimals)
    {
        string digits = Scaled(value, decimals).ToString(CultureInfo.InvariantCulture);
        if (decimals <= 0) return digits;
        digits = digits.PadLeft(decimals + 1, '0');
        return $"{digits[..^decimals]}.{digits[^decimals..]}";
    }

    /// <summary>|value| rounded to <paramref name="count"/> significant digits, and the exponent of the first.</summary>
    public static (string Digits, int Exponent) Significant(double value, int count)
    {
        value = Math.Abs(value);
        if (value == 0) return (new string('0', count), 0);
        int exponent = Shortest(value).Exponent;
        string digits = Scaled(value, count - 1 - exponent).ToString(CultureInfo.InvariantCulture);
        if (digits.Length > count) (digits, exponent) = (digits[..count], exponent + 1);
        return (digits, exponent);
    }

    /// <summary>|value| · 10^decimals, rounded half to even.</summary>
    static BigInteger Scaled(double value, int decimals)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int power = (int)((bits >> 52) & 0x7FF);
        BigInteger numerator = (bits & 0xFFFFFFFFFFFFFL) | (power == 0 ? 0 : 1L << 52), denominator = BigInteger.One;
        power = Math.Max(power, 1) - 1075;
        if (power >= 0) numerator <<= power; else denominator <<= -power;
        if (decimals >= 0) numerator *= BigInteger.Pow(10, decimals); else denominator *= BigInteger.Pow(10, -decimals);
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        int half = (remainder << 1).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    /// <summary>Digits with the point where the exponent says; <paramref name="pad"/> adds ".0" to a whole number.</summary>
    public static string Positional(string digits, int exponent, bool pad)
    {
        if (exponent < 0) return "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1) return digits.PadRight(exponent + 1, '0') + (pad ? ".0" : "");
        return $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    public static string Scientific(string digits, int exponent, char mark)
    {
        var text = new StringBuilder().Append(digits[0]);
        if (digits.Length > 1) text.Append('.').Append(digits, 1, digits.Length - 1);
        return text.Append(mark).Append(exponent < 0 ? '-' : '+').Append(Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)).ToString();
    }

    /// <summary>Python's <c>float(text)</c>; null where it raises ValueError.</summary>
    public static double? Parse(string text)
    {
        text = Strings.CodePoints.Trim(text).Replace("−", "?", StringComparison.Ordinal);
        if (!Strings.CodePoints.TryPlainDigits(text, out text)) return null;
        string bare = text.TrimStart('+', '-').ToLowerInvariant();
        if (text.Length - bare.Length > 1) return null;
        double sign = text.StartsWith('-') ? -1 : 1;
        if (bare is "inf" or "infinity") return sign * double.PositiveInfinity;
        if (bare is "nan") return double.NaN;
        foreach (char c in bare) if (c is not ((>= '0' and <= '9') or '.' or 'e' or '+' or '-')) return null;
        if (bare.Length == 0 || bare[0] is not ((>= '0' and <= '9') or '.')) return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;
    }
}
