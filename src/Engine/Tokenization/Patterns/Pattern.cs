namespace Juxta.Engine.Tokenization.Patterns;

/// <summary>
/// A regular expression of a tokenizer file. Our own engine and not <see cref="System.Text.RegularExpressions"/>, because that one
/// works on UTF-16 units: <c>\p{L}</c> misses letters beyond the basic plane there and a negated class takes half an emoji.
/// </summary>
sealed class Pattern
{
    readonly Instruction[] _program;
    readonly int _registers;
    readonly CodePointSet? _first;
    readonly PatternAutomaton? _automaton;

    Pattern(string source, Node node)
    {
        Source = source;
        (_program, _registers) = PatternCompiler.Compile(node, source);
        _first = node.Start is (var first, false) ? first : null;
        _automaton = AutomatonBuilder.Build(node);
    }

    public string Source { get; }

    /// <exception cref="ModelFormatException">The source is no pattern, or one with unsupported parts.</exception>
    public static Pattern Parse(string source) => new(source, PatternParser.Parse(source));

    /// <summary>The pattern that matches exactly this text.</summary>
    public static Pattern Literal(string text) =>
        new(text, new SequenceNode([.. text.EnumerateRunes().Select(rune => new SetNode(CodePointSet.Of(rune.Value)))]));

    /// <summary>The pattern that matches one code point of the set.</summary>
    public static Pattern OneOf(CodePointSet set, string name) => new(name, new SetNode(set));

    /// <summary><c>\w+|[^\w\s]+</c> with the word characters of the Unicode standard.</summary>
    public static Pattern Words()
    {
        var word = CharacterClasses.WordOfStandard;
        var rest = word.Union(CharacterClasses.Space).Complement();
        return new(@"\w+|[^\w\s]+", new AlternationNode([.. new[] { word, rest }.Select(set => new RepeatNode(new SetNode(set), 1, int.MaxValue, Greed.Greedy))]));
    }

    /// <summary>Whether it runs as an automaton and not by backtracking.</summary>
    internal bool IsAutomaton => _automaton is not null;

    /// <summary>All matches from left to right, none overlapping. Dispose it.</summary>
    public MatchEnumerator Matches(ReadOnlySpan<char> text) => new(this, text, _automaton);

    /// <summary>The same by backtracking alone: what the automaton must agree with.</summary>
    internal MatchEnumerator MatchesByBacktracking(ReadOnlySpan<char> text) => new(this, text, null);

    public ref struct MatchEnumerator
    {
        readonly ReadOnlySpan<char> _text;
        readonly Pattern _pattern;
        readonly CodePointSet? _first;
        readonly PatternAutomaton? _automaton;
        PatternMatcher _matcher;
        long _steps;
        int _from, _lastEnd = -1;

        internal MatchEnumerator(Pattern pattern, ReadOnlySpan<char> text, PatternAutomaton? automaton)
        {
            _text = text;
            (_pattern, _first, _automaton) = (pattern, pattern._first, automaton);
            _steps = PatternMatcher.StepsFor(text.Length);
            if (automaton is null) _matcher = new(pattern._program, pattern._registers, pattern.Source, text);
        }

        public int Start { get; private set; }
        public int End { get; private set; }

        public bool MoveNext()
        {
            for (int at = _from; at <= _text.Length; at += IsPair(at) ? 2 : 1)
            {
                if (_first is not null)
                {
                    if (at == _text.Length) break;
                    if (!_first.Contains(IsPair(at) ? char.ConvertToUtf32(_text[at], _text[at + 1]) : _text[at])) continue;
                }
                if (!MatchAt(at, out int end)) continue;
                // An empty match right behind the last match is none.
                if (end == at && at == _lastEnd) continue;
                (Start, End, _from, _lastEnd) = (at, end, end, end);
                return true;
            }
            _from = _text.Length + 1;
            return false;
        }

        bool MatchAt(int at, out int end)
        {
            if (_automaton is null) return _matcher.MatchAt(at, out end);
            if (_steps < 0) throw PatternMatcher.Exploded(_text.Length, _pattern.Source);
            return _automaton.MatchAt(_text, at, ref _steps, out end);
        }

        readonly bool IsPair(int at) => at + 1 < _text.Length && char.IsHighSurrogate(_text[at]);

        public void Dispose() => _matcher.Dispose();
    }
}
