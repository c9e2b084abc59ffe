using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Juxta.Engine.Chat.Jinja.Strings;

namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>
/// Splits a template into tokens under the settings that chat templates are written for: trim_blocks (the newline after a tag
/// goes), lstrip_blocks (the indentation before a tag goes), no trailing newline, <c>-</c> and <c>+</c> as overrides.
/// </summary>
internal sealed partial class Lexer
{
    [GeneratedRegex(@"\G(?<!\.)([0-9]+_)*[0-9]+((\.([0-9]+_)*[0-9]+)?[eE][+\-]?([0-9]+_)*[0-9]+|\.([0-9]+_)*[0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex FloatPattern { get; }

    [GeneratedRegex(@"\G(0[bB](_?[01])+|0[oO](_?[0-7])+|0[xX](_?[0-9a-fA-F])+|[1-9](_?[0-9])*|0(_?0)*)", RegexOptions.CultureInvariant)]
    private static partial Regex IntegerPattern { get; }

    static readonly string[] TwoCharacterOperators = ["//", "**", "==", "!=", ">=", "<="];
    const string Operators = "+-/*%~[](){}><=.:|,;";

    readonly string _source;
    readonly List<Token> _tokens = [];
    readonly Stack<char> _open = new();
    int _position;
    int _line = 1;
    int _counted;
    bool _lineStarting = true;

    Lexer(string source)
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        _source = source.EndsWith('\n') ? source[..^1] : source;
    }

    public static List<Token> Tokenize(string source)
    {
        var lexer = new Lexer(source);
        while (lexer._position < lexer._source.Length) lexer.Root();
        lexer.Add(TokenKind.End, "");
        return lexer._tokens;
    }

    /// <summary>The line of the current position.</summary>
    int Line
    {
        get
        {
            _line += _source.AsSpan(_counted, _position - _counted).Count('\n');
            _counted = _position;
            return _line;
        }
    }

    void Add(TokenKind kind, string text) => _tokens.Add(new Token(kind, text, Line));

    bool At(string text) => string.CompareOrdinal(_source, _position, text, 0, text.Length) == 0;

    /// <summary>Template text up to the next tag, then the tag.</summary>
    void Root()
    {
        int tag = _position;
        do tag = _source.IndexOf('{', tag);
        while (tag >= 0 && (tag + 1 >= _source.Length || _source[tag + 1] is not ('{' or '%' or '#')) && ++tag > 0);
        if (tag < 0)
        {
            AddData(_source[_position..]);
            _position = _source.Length;
            return;
        }
        char kind = _source[tag + 1];
        char sign = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? _source[tag + 2] : ' ';
        AddData(TextBefore(tag, sign, isPrint: kind == '{'));
        _position = tag;
        if (kind == '%' && TryRawBegin(tag + (sign == ' ' ? 2 : 3), out int rawStart))
        {
            _position = rawStart;
            _lineStarting = _source[rawStart - 1] == '\n';
            Raw();
            return;
        }
        if (kind == '#')
        {
            _position += sign == ' ' ? 2 : 3;
            Comment();
            return;
        }
        Add(kind == '{' ? TokenKind.PrintBegin : TokenKind.BlockBegin, "");
        _position += sign == ' ' ? 2 : 3;
        Tag(kind == '{');
        _open.Clear();
    }

    void AddData(string text)
    {
        if (text.Length > 0) Add(TokenKind.Data, text);
    }

    /// <summary>The text before a tag, less what the tag's sign or lstrip_blocks takes away.</summary>
    string TextBefore(int tag, char sign, bool isPrint)
    {
        int end = tag;
        if (sign == '-')
        {
            while (end > _position && CodePoints.IsSpace(_source[end - 1])) end--;
        }
        else if (sign != '+' && !isPrint)
        {
            int lineStart = _source.LastIndexOf('\n', Math.Max(tag - 1, 0), tag - _position) + 1;
            bool startsLine = lineStart > _position;
            if (!startsLine) lineStart = _position;
            if (startsLine || _lineStarting)
            {
                int first = lineStart;
                while (first < tag && CodePoints.IsSpace(_source[first])) first++;
                if (first == tag) end = lineStart;
            }
        }
        return _source[_position..end];
    }

    /// <summary>Takes a tag's end at the current position: <c>%}</c> with its newline, <c>-%}</c> with all whitespace, <c>+%}</c> bare.</summary>
    bool TryEnd(string close, bool trims)
    {
        int end = _position;
        char sign = end < _source.Length && _source[end] is '-' or '+' ? _source[end] : ' ';
        if (sign == '+' && !trims) return false;
        if (sign != ' ') end++;
        if (string.CompareOrdinal(_source, end, close, 0, 2) != 0) return false;
        end += 2;
        if (sign == '-')
            while (end < _source.Length && CodePoints.IsSpace(_source[end])) end++;
        else if (trims && sign == ' ' && end < _source.Length && _source[end] == '\n') end++;
        _position = end;
        _lineStarting = _source[end - 1] == '\n';
        return true;
    }

    void Comment()
    {
        int line = Line;
        for (; _position < _source.Length; _position++)
            if (TryEnd("#}", trims: true)) return;
        throw JinjaError.Syntax("Missing end of comment tag", line);
    }

    bool TryRawBegin(int at, out int start)
    {
        start = SkipWord(at, "raw");
        if (start < 0) return false;
        bool strip = start < _source.Length && _source[start] == '-';
        if (strip) start++;
        if (string.CompareOrdinal(_source, start, "%}", 0, 2) != 0) return false;
        start += 2;
        while (strip && start < _source.Length && CodePoints.IsSpace(_source[start])) start++;
        return true;
    }

    /// <summary>The position after whitespace, the word and whitespace; -1 where the word is not there.</summary>
    int SkipWord(int at, string word)
    {
        while (at < _source.Length && CodePoints.IsSpace(_source[at])) at++;
        if (string.CompareOrdinal(_source, at, word, 0, word.Length) != 0) return -1;
        at += word.Length;
        while (at < _source.Length && CodePoints.IsSpace(_source[at])) at++;
        return at;
    }

    void Raw()
    {
        int line = Line, start = _position;
        for (int tag = _source.IndexOf("{%", start, StringComparison.Ordinal); tag >= 0; tag = _source.IndexOf("{%", tag + 1, StringComparison.Ordinal))
        {
            char sign = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? _source[tag + 2] : ' ';
            int after = SkipWord(tag + (sign == ' ' ? 2 : 3), "endraw");
            if (after < 0) continue;
            string text = TextBefore(tag, sign, isPrint: false);
            _position = after;
            if (TryEnd("%}", trims: true))
            {
                if (text.Length > 0) _tokens.Add(new Token(TokenKind.Data, text, line));
                return;
            }
            _position = start;
        }
        throw JinjaError.Syntax("Missing end of raw directive", line);
    }

    /// <summary>The tokens inside a print or block tag, its end included.</summary>
    void Tag(bool isPrint)
    {
        while (_position < _source.Length)
        {
            int start = _position, line = Line;
            if (_open.Count == 0 && TryEnd(isPrint ? "}}" : "%}", trims: !isPrint))
            {
                _tokens.Add(new Token(isPrint ? TokenKind.PrintEnd : TokenKind.BlockEnd, "", line));
                return;
            }
            char c = _source[_position];
            if (CodePoints.IsSpace(c)) _position++;
            else if (FloatPattern.Match(_source, _position) is { Success: true } real)
            {
                _position += real.Length;
                _tokens.Add(new Token(TokenKind.Float, real.Value, line, Float: double.Parse(real.Value.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)));
            }
            else if (IntegerPattern.Match(_source, _position) is { Success: true } integer)
            {
                _position += integer.Length;
                _tokens.Add(new Token(TokenKind.Integer, integer.Value, line, ParseInteger(integer.Value.Replace("_", "", StringComparison.Ordinal), line)));
            }
            else if (CodePoints.IsIdentifierPart(CodePoints.At(_source, _position)) || CodePoints.IsNumeric(CodePoints.At(_source, _position))) Name(line);
            else if (c is '\'' or '"') String(c, line);
            else Operator(line);
            if (_position == start) throw JinjaError.Syntax($"unexpected char '{c}' at {start}", line);
        }
    }

    static BigInteger ParseInteger(string text, int line)
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

    void Name(int line)
    {
        int end = _position;
        while (end < _source.Length && (CodePoints.IsIdentifierPart(CodePoints.At(_source, end)) || CodePoints.IsNumeric(CodePoints.At(_source, end))))
            end += CodePoints.UnitsAt(_source, end);
        string name = _source[_position..end];
        if (!CodePoints.IsIdentifier(name)) throw JinjaError.Syntax("Invalid character in identifier", line);
        _tokens.Add(new Token(TokenKind.Name, name, line));
        _position = end;
    }

    void Operator(int line)
    {
        string op = Array.Find(TwoCharacterOperators, At) ?? (Operators.Contains(_source[_position]) ? _source[_position].ToString() : "");
        if (op.Length == 0) return;
        if (op is "(" or "[" or "{") _open.Push(op == "(" ? ')' : op == "[" ? ']' : '}');
        else if (op is ")" or "]" or "}")
        {
            if (!_open.TryPop(out char expected)) throw JinjaError.Syntax($"unexpected '{op}'", line);
            if (expected != op[0]) throw JinjaError.Syntax($"unexpected '{op}', expected '{expected}'", line);
        }
        _tokens.Add(new Token(TokenKind.Operator, op, line));
        _position += op.Length;
    }

    void String(char quote, int line)
    {
        int end = _position + 1;
        while (end < _source.Length && _source[end] != quote) end += _source[end] == '\\' ? 2 : 1;
        if (end >= _source.Length) return;
        _tokens.Add(new Token(TokenKind.String, Unescape(_source.AsSpan(_position + 1, end - _position - 1), line), line));
        _position = end + 1;
    }

    /// <summary>Python's escapes. A backslash before anything else stays, and so does one before a character beyond ASCII, which is then spelt out.</summary>
    static string Unescape(ReadOnlySpan<char> text, int line)
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
