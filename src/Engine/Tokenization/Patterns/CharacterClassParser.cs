using System.Text;

namespace Juxta.Engine.Tokenization.Patterns;

/// <summary>Reads a bracketed class: ranges, escapes, POSIX names, nested classes and intersections.</summary>
sealed class CharacterClassParser(string source, bool ignoreCase, Func<string, Exception> error)
{
    const int MaximumDepth = 100;
    int _depth;

    /// <summary>Reads the class at <paramref name="at"/>, which points to its bracket, and moves behind it.</summary>
    public CodePointSet Parse(ref int at)
    {
        if (++_depth > MaximumDepth) throw error($"classes nested more than {MaximumDepth} deep");
        at++;
        bool negative = at < source.Length && source[at] == '^';
        if (negative) at++;

        CodePointSet? intersection = null;
        List<(int, int)> ranges = [];
        var union = CodePointSet.None;
        for (bool first = true; ; first = false)
        {
            if (at >= source.Length) throw error("a class that is never closed");
            if (source[at] == ']' && !first)
            {
                at++;
                break;
            }
            if (string.CompareOrdinal(source, at, "&&", 0, 2) == 0)
            {
                at += 2;
                intersection = Combine();
                (union, ranges) = (CodePointSet.None, []);
                continue;
            }
            var item = Member(ref at, out int single);
            if (single >= 0 && at + 1 < source.Length && source[at] == '-' && source[at + 1] != ']')
            {
                int back = at++;
                Member(ref at, out int last);
                if (last >= 0)
                {
                    if (last < single) throw error("a range that runs backwards");
                    ranges.Add((single, last));
                    continue;
                }
                at = back;
            }
            if (single >= 0) ranges.Add((single, single));
            else union = union.Union(item);
        }
        _depth--;
        var set = Combine();
        if (ignoreCase) set = CharacterClasses.AnyCase(set);
        return negative ? set.Complement() : set;

        CodePointSet Combine()
        {
            var operand = union.Union(CodePointSet.OfRanges(ranges));
            return intersection is null ? operand : intersection.Intersect(operand);
        }
    }

    /// <summary>One member; <paramref name="single"/> is its code point when it may open or close a range, else -1.</summary>
    CodePointSet Member(ref int at, out int single)
    {
        single = -1;
        if (at >= source.Length) throw error("a class that is never closed");
        if (source[at] == '[')
            return string.CompareOrdinal(source, at, "[:", 0, 2) == 0 && Posix(ref at) is { } posix ? posix : Parse(ref at);
        if (source[at] == '\\')
        {
            if (at + 1 < source.Length && source[at + 1] == 'b')
            {
                at += 2;
                single = '\b';
                return CodePointSet.None;
            }
            var set = Escapes.Read(source, ref at, error);
            if (set.Ranges.Take(2).ToList() is [var (first, last)] && first == last) single = first;
            return set;
        }
        Rune.DecodeFromUtf16(source.AsSpan(at), out var rune, out int length);
        at += length;
        single = rune.Value;
        return CodePointSet.None;
    }

    CodePointSet? Posix(ref int at)
    {
        int close = source.IndexOf(":]", at + 2, StringComparison.Ordinal);
        if (close < 0) return null;
        string name = source[(at + 2)..close];
        bool negative = name.StartsWith('^');
        if (CharacterClasses.Posix(negative ? name[1..] : name) is not { } set) return null;
        at = close + 2;
        return negative ? set.Complement() : set;
    }
}
