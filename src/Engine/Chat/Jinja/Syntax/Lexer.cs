using System.Globalization;
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
                _tokens.Add(new Token(TokenKind.Integer, integer.Value, line, Literals.Integer(integer.Value.Replace("_", "", StringComparison.Ordinal), line)));
            }
            else if (CodePoints.IsIdentifierPart(CodePoints.At(_source, _position)) || CodePoints.IsNumeric(CodePoints.At(_source, _position))) Name(line);
            else if (c is '\'' or '"') String(c, line);
            else Operator(line);
            if (_position == start) throw JinjaError.Syntax($"unexpected char '{c}' at {start}", line);
        }
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
        _tokens.Add(new Token(TokenKind.String, Literals.Unescape(_source.AsSpan(_position + 1, end - _position - 1), line), line));
        _position = end + 1;
    }
}
