using System.Globalization;
using System.Text;

namespace Juxta.Engine.Chat.Jinja.Formatting;

/// <summary>C's <c>strftime</c> in the C locale, for a local time without zone, as glibc writes it.</summary>
internal static class TimeText
{
    static readonly DateTimeFormatInfo Names = CultureInfo.InvariantCulture.DateTimeFormat;

    public static string Format(string format, DateTime time)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length) { text.Append(format[i]); continue; }
            int start = i++;
            char? flag = format[i] is '-' or '_' or '0' or '^' or '#' ? format[i++] : null;
            int width = 0;
            while (i < format.Length && char.IsAsciiDigit(format[i]) && width < 100) width = (width * 10) + format[i++] - '0';
            if (i < format.Length && format[i] is 'E' or 'O') i++;
            string? piece = i < format.Length ? Piece(format[i], time, flag) : null;
            text.Append(piece is null ? format[start..Math.Min(i + 1, format.Length)] : piece.PadLeft(width, char.IsAsciiDigit(piece.FirstOrDefault()) && flag != '_' ? '0' : ' '));
        }
        return text.ToString();
    }

    static string? Piece(char directive, DateTime t, char? flag)
    {
        string? piece = directive switch
        {
            'a' => Names.GetAbbreviatedDayName(t.DayOfWeek),
            'A' => Names.GetDayName(t.DayOfWeek),
            'b' or 'h' => Names.GetAbbreviatedMonthName(t.Month),
            'B' => Names.GetMonthName(t.Month),
            'p' => t.Hour < 12 ? "AM" : "PM",
            'P' => t.Hour < 12 ? "am" : "pm",
            'c' => Format("%a %b %e %H:%M:%S %Y", t),
            'x' or 'D' => Format("%m/%d/%y", t),
            'X' or 'T' => Format("%H:%M:%S", t),
            'F' => Format("%Y-%m-%d", t),
            'R' => Format("%H:%M", t),
            'r' => Format("%I:%M:%S %p", t),
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            'z' or 'Z' => "",
            's' => ((DateTimeOffset)DateTime.SpecifyKind(t, DateTimeKind.Utc)).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            'f' => (t.Ticks % TimeSpan.TicksPerSecond / 10).ToString("D6", CultureInfo.InvariantCulture),
            'u' => (t.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)t.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'w' => ((int)t.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        if (piece is not null) return flag is '^' or '#' ? piece.ToUpperInvariant() : piece;
        (int number, int digits, char pad)? numeric = directive switch
        {
            'd' => (t.Day, 2, '0'),
            'e' => (t.Day, 2, ' '),
            'm' => (t.Month, 2, '0'),
            'y' => (t.Year % 100, 2, '0'),
            'Y' => (t.Year, 1, '0'),
            'C' => (t.Year / 100, 2, '0'),
            'H' => (t.Hour, 2, '0'),
            'k' => (t.Hour, 2, ' '),
            'I' => ((t.Hour + 11) % 12 + 1, 2, '0'),
            'l' => ((t.Hour + 11) % 12 + 1, 2, ' '),
            'M' => (t.Minute, 2, '0'),
            'S' => (t.Second, 2, '0'),
            'j' => (t.DayOfYear, 3, '0'),
            'U' => ((t.DayOfYear + 6 - (int)t.DayOfWeek) / 7, 2, '0'),
            'W' => ((t.DayOfYear + 6 - (((int)t.DayOfWeek + 6) % 7)) / 7, 2, '0'),
            'V' => (ISOWeek.GetWeekOfYear(t), 2, '0'),
            'G' => (ISOWeek.GetYear(t), 4, '0'),
            'g' => (ISOWeek.GetYear(t) % 100, 2, '0'),
            _ => null,
        };
        if (numeric is not var (value, width, fill)) return null;
        if (flag == '_') fill = ' ';
        if (flag == '0') fill = '0';
        string digitsText = value.ToString(CultureInfo.InvariantCulture);
        return flag == '-' ? digitsText : digitsText.PadLeft(width, fill);
    }
}
