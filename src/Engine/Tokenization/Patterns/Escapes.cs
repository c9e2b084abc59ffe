using System.Globalization;
using System.Text;

namespace Juxta.Engine.Tokenization.Patterns;

/// <summary>Backslash escapes that stand for one code point of a set, inside brackets and outside.</summary>
static class Escapes
{
    /// <summary>Reads the escape at <paramref name="at"/>, which points to the backslash.</summary>
    public static CodePointSet Read(string source, ref int at, Func<string, Exception> error)
    {
        at++;
        if (at >= source.Length) throw error("a backslash at the end");
        Rune.DecodeFromUtf16(source.AsSpan(at), out var letter, out int length);
        at += length;
        switch (letter.Value)
        {
            case 's': return CharacterClasses.Space;
            case 'S': return CharacterClasses.Space.Complement();
            case 'd': return CharacterClasses.Digit;
            case 'D': return CharacterClasses.Digit.Complement();
            case 'w': return CharacterClasses.Word;
            case 'W': return CharacterClasses.Word.Complement();
            case 'h': return CharacterClasses.HexDigit;
            case 'H': return CharacterClasses.HexDigit.Complement();
            case 'p': return Property(source, ref at, negative: false, error);
            case 'P': return Property(source, ref at, negative: true, error);
            case 'n': return CodePointSet.Of('\n');
            case 'r': return CodePointSet.Of('\r');
            case 't': return CodePointSet.Of('\t');
            case 'f': return CodePointSet.Of('\f');
            case 'v': return CodePointSet.Of('\v');
            case 'a': return CodePointSet.Of('\a');
            case 'e': return CodePointSet.Of('\e');
            case 'x': return CodePointSet.Of(Hex(source, ref at, 1, 2, error));
            case 'u': return CodePointSet.Of(Hex(source, ref at, 4, 4, error));
            case 'U': return CodePointSet.Of(Hex(source, ref at, 8, 8, error));
            case '0': return CodePointSet.Of(Octal(source, ref at));
            default: return CodePointSet.Of(letter.Value);
        }
    }

    static CodePointSet Property(string source, ref int at, bool negative, Func<string, Exception> error)
    {
        string name;
        if (at < source.Length && source[at] == '{')
        {
            int close = source.IndexOf('}', at);
            if (close < 0) throw error("a property that is never closed");
            name = source[(at + 1)..close];
            at = close + 1;
            if (name.StartsWith('^'))
            {
                negative = !negative;
                name = name[1..];
            }
        }
        else
        {
            if (at >= source.Length) throw error("a property without a name");
            name = source[at++].ToString();
        }
        var set = CharacterClasses.Named(name) ?? throw error($"the unknown property '{name}'");
        return negative ? set.Complement() : set;
    }

    static int Hex(string source, ref int at, int least, int most, Func<string, Exception> error)
    {
        int start = at, end;
        if (at < source.Length && source[at] == '{')
        {
            start++;
            end = source.IndexOf('}', start);
            if (end < 0) throw error("a code point that is never closed");
            at = end + 1;
        }
        else
        {
            while (at < source.Length && at - start < most && char.IsAsciiHexDigit(source[at])) at++;
            end = at;
            if (end - start < least) throw error("too few hexadecimal digits");
        }
        return int.TryParse(source.AsSpan(start, end - start), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int code) && code is >= 0 and < 0x110000
            ? code : throw error("a number that is no code point");
    }

    static int Octal(string source, ref int at)
    {
        int value = 0;
        for (int digits = 0; digits < 2 && at < source.Length && source[at] is >= '0' and <= '7'; digits++)
            value = value * 8 + (source[at++] - '0');
        return value;
    }
}
