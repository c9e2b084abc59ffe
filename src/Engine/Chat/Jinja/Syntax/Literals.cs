using System.Globalization;
using System.Numerics;
using System.Text;
using Juxta.Engine.Chat.Jinja.Strings;

namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>What the literals of a template stand for.</summary>
internal static class Literals
{
    /// <summary>An integer literal without its underscores: decimal, 0x, 0o or 0b.</summary>
    public static BigInteger Integer(string text, int line)
    {
        if (text.Length > 1 && text[0] == '0' && !char.IsAsciiDigit(text[1]))
        {
            var value = BigInteger.Zero;
            int radix = (text[1] | 32) switch { 'x' => 16, 'o' => 8, _ => 2 };
            if (text.Length > 4096) throw JinjaError.Syntax("integer literal too long", line);
            foreach (char digit in text.AsSpan(2)) value = (value * radix) + Convert.ToInt32(digit.ToString(), 16);
            return value;
        }
        return text.Length <= Values.IntValue.MaxDigits ? BigInteger.Parse(text, CultureInfo.InvariantCulture)
            : throw JinjaError.Syntax($"integer literal of more than {Values.IntValue.MaxDigits} digits", line);
    }

    /// <summary>Python's escapes. A backslash before anything else stays, and so does one before a character beyond ASCII, which is then spelt out.</summary>
    public static string Unescape(ReadOnlySpan<char> text, int line)
    {
        if (!text.Contains('\\')) return text.ToString();
        var result = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length) { result.Append(text[i]); continue; }
            char c = text[++i];
            switch (c)
            {
                case '\n': break;
                case '\\' or '\'' or '"': result.Append(c); break;
                case 'a': result.Append('\a'); break;
                case 'b': result.Append('\b'); break;
                case 'f': result.Append('\f'); break;
                case 'n': result.Append('\n'); break;
                case 'r': result.Append('\r'); break;
                case 't': result.Append('\t'); break;
                case 'v': result.Append('\v'); break;
                case >= '0' and <= '7':
                    int octal = 0, digits = 0;
                    for (; digits < 3 && i < text.Length && text[i] is >= '0' and <= '7'; digits++, i++) octal = (octal * 8) + text[i] - '0';
                    i--;
                    result.Append((char)octal);
                    break;
                case 'x' or 'u' or 'U':
                    int width = c == 'x' ? 2 : c == 'u' ? 4 : 8;
                    if (i + width > text.Length - 1 || !uint.TryParse(text.Slice(i + 1, width), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint point))
                        throw JinjaError.Syntax($"truncated \\{c} escape", line);
                    if (point > 0x10FFFF) throw JinjaError.Syntax("illegal Unicode character", line);
                    if (point < 0x10000) result.Append((char)point); else result.Append(char.ConvertFromUtf32((int)point));
                    i += width;
                    break;
                case 'N': throw JinjaError.Syntax("character names (\\N{…}) are not supported; write \\u and the number", line);
                case > '\x7f':
                    int value = CodePoints.At(text.Slice(i, Math.Min(2, text.Length - i)).ToString(), 0);
                    result.Append('\\').Append(value < 0x100 ? $"x{value:x2}" : value < 0x10000 ? $"u{value:x4}" : $"U{value:x8}");
                    if (value > 0xFFFF) i++;
                    break;
                default: result.Append('\\').Append(c); break;
            }
        }
        return result.ToString();
    }
}
