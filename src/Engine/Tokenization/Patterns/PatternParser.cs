using System.Globalization;
using System.Text;

namespace Juxta.Engine.Tokenization.Patterns;

/// <summary>
/// Reads the regular expressions of tokenizer files, which are written for Oniguruma (its own syntax, UTF-8): <c>^</c> and <c>$</c>
/// work on lines, <c>(?m)</c> makes the dot match a newline, <c>{n,m}+</c> repeats the repetition.
/// Captures are plain groups here; back-references and conditionals are refused.
/// </summary>
sealed class PatternParser
{
    const int MaximumDepth = 100, MaximumRepeat = 1000;

    readonly string _source;
    int _at;
    int _depth;
    Options _options;

    readonly record struct Options(bool IgnoreCase, bool DotMatchesNewline, bool Extended);

    PatternParser(string source) => _source = source;

    public static Node Parse(string source)
    {
        var parser = new PatternParser(source);
        var node = parser.Alternation();
        if (parser._at < source.Length) throw parser.Error("a closing parenthesis without an opening one");
        return node;
    }

    bool More => _at < _source.Length;
    char Next => _source[_at];

    bool Take(string text)
    {
        if (string.CompareOrdinal(_source, _at, text, 0, text.Length) != 0) return false;
        _at += text.Length;
        return true;
    }

    int TakeCodePoint()
    {
        if (!More) throw Error("the pattern ends too early");
        Rune.DecodeFromUtf16(_source.AsSpan(_at), out var rune, out int length);
        _at += length;
        return rune.Value;
    }

    Exception Error(string what) =>
        new ModelFormatException($"reading a tokenizer's pattern /{_source}/: {what} at character {_at}. Patterns follow Oniguruma's syntax, without back-references and conditionals");

    Node Alternation()
    {
        if (++_depth > MaximumDepth) throw Error($"groups nested more than {MaximumDepth} deep");
        var outer = _options;
        List<Node> options = [Sequence()];
        while (More && Next == '|')
        {
            _at++;
            options.Add(Sequence());
        }
        _options = outer;
        _depth--;
        return options.Count == 1 ? options[0] : new AlternationNode(options);
    }

    Node Sequence()
    {
        List<Node> items = [];
        while (More && Next is not ('|' or ')'))
        {
            if (_options.Extended && SkipComment()) continue;
            if (Item() is not { } item) continue;
            items.Add(Quantified(item));
        }
        return items.Count == 1 ? items[0] : new SequenceNode(items);
    }

    bool SkipComment()
    {
        if (char.IsWhiteSpace(Next)) { _at++; return true; }
        if (Next != '#') return false;
        while (More && Next != '\n') _at++;
        return true;
    }

    Node Quantified(Node item)
    {
        while (More)
        {
            int min, max;
            bool braces = false;
            if (Take("*")) (min, max) = (0, int.MaxValue);
            else if (Take("+")) (min, max) = (1, int.MaxValue);
            else if (Take("?")) (min, max) = (0, 1);
            else if (Next == '{' && Braces() is { } bounds) { (min, max) = bounds; braces = true; }
            else return item;

            var greed = Greed.Greedy;
            bool exact = braces && min == max;
            if (!exact && Take("?")) greed = Greed.Lazy;
            else if (!braces && Take("+")) greed = Greed.Possessive;
            item = new RepeatNode(item, min, max, greed);
        }
        return item;
    }

    (int Min, int Max)? Braces()
    {
        int start = _at;
        _at++;
        int? min = Number();
        int? max = min;
        if (Take(",")) max = Number() ?? (min is null ? null : int.MaxValue);
        if (!Take("}") || (min is null && max is null))
        {
            // Not a quantifier: a literal brace.
            _at = start;
            return null;
        }
        int least = min ?? 0, most = max!.Value;
        if (least > MaximumRepeat || (most > MaximumRepeat && most != int.MaxValue)) throw Error($"a repetition of more than {MaximumRepeat}");
        return most < least ? (most, least) : (least, most);
    }

    int? Number()
    {
        int start = _at;
        while (More && char.IsAsciiDigit(Next)) _at++;
        if (_at == start) return null;
        return int.TryParse(_source.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : throw Error("a number too large");
    }

    /// <summary>One item before its quantifier; null for what matches nothing by itself (comments, options).</summary>
    Node? Item()
    {
        switch (Next)
        {
            case '(': return Group();
            case '[': return new SetNode(new CharacterClassParser(_source, _options.IgnoreCase, Error).Parse(ref _at));
            case '.': _at++; return new SetNode(_options.DotMatchesNewline ? CodePointSet.All : CodePointSet.Of('\n').Complement());
            case '^': _at++; return new AnchorNode(Anchor.LineStart);
            case '$': _at++; return new AnchorNode(Anchor.LineEnd);
            case '\\': return Escape();
            case '*' or '+' or '?': throw Error("a quantifier with nothing before it");
            default: return Literal(TakeCodePoint());
        }
    }

    SetNode Literal(int code)
    {
        var set = CodePointSet.Of(code);
        return new SetNode(_options.IgnoreCase ? CharacterClasses.AnyCase(set) : set);
    }

    Node? Group()
    {
        _at++;
        if (Take("?#"))
        {
            while (More && Next != ')') _at++;
            Close();
            return null;
        }
        if (!Take("?")) return Body(body => body);
        if (Take(":")) return Body(body => body);
        if (Take(">")) return Body(body => new AtomicNode(body));
        if (Take("=")) return Body(body => new LookNode(body, Behind: false, Negative: false));
        if (Take("!")) return Body(body => new LookNode(body, Behind: false, Negative: true));
        if (Take("<=")) return Body(body => Behind(body, negative: false));
        if (Take("<!")) return Body(body => Behind(body, negative: true));
        if (Take("<") || Take("P<") || Take("'"))
        {
            while (More && Next is not ('>' or '\'')) _at++;
            _at++;
            return Body(body => body);
        }
        return OptionGroup();
    }

    Node Body(Func<Node, Node> wrap)
    {
        var body = Alternation();
        Close();
        return wrap(body);
    }

    void Close()
    {
        if (!Take(")")) throw Error("a group that is never closed");
    }

    LookNode Behind(Node body, bool negative)
    {
        foreach (var option in body is AlternationNode alternation ? alternation.Options : [body])
            if (option.Width is var (min, max) && min != max) throw Error("a look-behind whose length is not fixed");
        return new LookNode(body, Behind: true, negative);
    }

    Node? OptionGroup()
    {
        var outer = _options;
        bool on = true;
        while (More && Next is not (')' or ':'))
        {
            char letter = Next;
            _at++;
            _options = letter switch
            {
                'i' => _options with { IgnoreCase = on },
                'm' or 's' => _options with { DotMatchesNewline = on },
                'x' => _options with { Extended = on },
                '-' or 'u' => _options,
                _ => throw Error($"the unknown group option '{letter}'"),
            };
            if (letter == '-') on = false;
        }
        if (Take(":"))
        {
            var body = Body(node => node);
            _options = outer;
            return body;
        }
        // "(?i)" rules to the end of the enclosing group.
        Close();
        var rest = Alternation();
        _options = outer;
        return rest;
    }

    Node Escape()
    {
        int start = _at++;
        if (!More) throw Error("a backslash at the end");
        char letter = Next;
        Node? node = letter switch
        {
            'A' => new AnchorNode(Anchor.TextStart),
            'z' => new AnchorNode(Anchor.TextEnd),
            'Z' => new AnchorNode(Anchor.TextEndOrLastNewline),
            'b' => new AnchorNode(Anchor.WordBorder),
            'B' => new AnchorNode(Anchor.NotWordBorder),
            'R' => new AtomicNode(new AlternationNode([
                new SequenceNode([Literal('\r'), Literal('\n')]),
                new SetNode(CodePointSet.OfRanges([(0xA, 0xD), (0x85, 0x85), (0x2028, 0x2029)]))])),
            'O' => new SetNode(CodePointSet.All),
            'N' => new SetNode(CodePointSet.Of('\n').Complement()),
            'w' => new SetNode(CharacterClasses.WordAlone),
            'W' => new SetNode(CharacterClasses.WordAlone.Complement()),
            >= '1' and <= '9' or 'k' or 'g' or 'G' or 'K' or 'X' or 'y' or 'Y' => throw Error($"the unsupported escape \\{letter}"),
            _ => null,
        };
        if (node is not null)
        {
            _at++;
            return node;
        }
        _at = start;
        var set = Escapes.Read(_source, ref _at, Error);
        return new SetNode(_options.IgnoreCase ? CharacterClasses.AnyCase(set) : set);
    }
}
