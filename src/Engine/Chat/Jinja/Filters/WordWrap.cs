using Juxta.Engine.Chat.Jinja.Strings;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Filters;

/// <summary>The <c>wordwrap</c> filter: Python's textwrap on each line, without touching tabs or whitespace inside.</summary>
internal static class WordWrap
{
    public static Value Filter(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("wordwrap", 0, "width", "break_long_words", "wrapstring", "break_on_hyphens");
        if (value is UndefinedValue missing) throw missing.Fail();
        if (value is not StrValue text) throw new JinjaError(ErrorKind.Attribute, $"'{value.TypeName}' object has no attribute 'splitlines'");
        int width = options[0] is null ? 79 : Numbers.ToInt32(options[0]!, "width");
        bool breaks = options[1]?.IsTrue ?? true, hyphens = options[3]?.IsTrue ?? true;
        var wrap = options[2] is null or NoneValue ? new StrValue("\n") : options[2] as StrValue ?? throw JinjaError.Type("wrapstring must be a string");
        var builder = new TextBuilder(machine.Budget);
        bool first = true;
        foreach (var line in Splitting.Lines(machine, text, keepEnds: false))
        {
            if (!first) builder.Append(wrap);
            first = false;
            bool firstPiece = true;
            foreach (var (start, end) in Wrap(line, width, breaks, hyphens))
            {
                machine.Budget.Step();
                if (!firstPiece) builder.Append(wrap);
                firstPiece = false;
                builder.Append(line, start, end - start);
            }
        }
        return builder.ToValue();
    }

    /// <summary>The pieces of one line as unit ranges, each without whitespace at its ends (the first keeps its indentation).</summary>
    static IEnumerable<(int Start, int End)> Wrap(StrValue line, int width, bool breaks, bool hyphens)
    {
        if (width <= 0) throw JinjaError.Value($"invalid width {width} (must be > 0)");
        string units = line.Units;
        var chunks = new Stack<(int Start, int End)>(Enumerable.Reverse(Chunks(units, hyphens)));
        bool firstLine = true;
        while (chunks.Count > 0)
        {
            if (!firstLine && IsBlank(units, chunks.Peek())) chunks.Pop();
            if (chunks.Count == 0) yield break;
            var current = new List<(int Start, int End)>();
            int length = 0;
            while (chunks.Count > 0 && length + Size(chunks.Peek()) <= width)
            {
                length += Size(chunks.Peek());
                current.Add(chunks.Pop());
            }
            if (chunks.Count > 0 && Size(chunks.Peek()) > width)
            {
                var chunk = chunks.Pop();
                int space = width < 1 ? 1 : width - length;
                if (breaks)
                {
                    int at = line.UnitOf(line.CharacterOf(chunk.Start) + space);
                    if (hyphens && units.LastIndexOf('-', Math.Max(at - 1, chunk.Start), Math.Max(at - chunk.Start, 0)) is var hyphen && hyphen > chunk.Start
                        && units.AsSpan(chunk.Start, hyphen - chunk.Start).IndexOfAnyExcept('-') >= 0) at = hyphen + 1;
                    if (at > chunk.Start) current.Add((chunk.Start, at));
                    chunks.Push((at, chunk.End));
                }
                else if (current.Count == 0) current.Add(chunk);
                else chunks.Push(chunk);
            }
            if (current.Count > 0 && IsBlank(units, current[^1])) current.RemoveAt(current.Count - 1);
            if (current.Count == 0) continue;
            firstLine = false;
            yield return (current[0].Start, current[^1].End);
        }

        int Size((int Start, int End) chunk) => line.CharacterOf(chunk.End) - line.CharacterOf(chunk.Start);
    }

    static bool IsBlank(string units, (int Start, int End) chunk) => units[chunk.Start..chunk.End].All(IsBlank);

    static bool IsBlank(char unit) => unit is ' ' or (>= '\t' and <= '\r');

    /// <summary>Words and whitespace in turn; words also end after hyphens between letters and around long dashes.</summary>
    static List<(int Start, int End)> Chunks(string units, bool hyphens)
    {
        var chunks = new List<(int, int)>();
        for (int start = 0; start < units.Length;)
        {
            int end = start;
            if (IsBlank(units[start]))
                while (end < units.Length && IsBlank(units[end])) end++;
            else end = hyphens ? WordEnd(units, start) : NextBlank(units, start);
            chunks.Add((start, end));
            start = end;
        }
        return chunks;
    }

    static int NextBlank(string units, int start)
    {
        while (start < units.Length && !IsBlank(units[start])) start++;
        return start;
    }

    static bool IsWord(char unit) => unit == '_' || char.IsLetterOrDigit(unit);
    static bool IsWordOrQuote(char unit) => IsWord(unit) || unit is '!' or '"' or '\'' or '&' or '.' or ',' or '?';
    static bool IsLetter(char unit) => IsWord(unit) && !char.IsDigit(unit);

    static int WordEnd(string units, int start)
    {
        int blank = NextBlank(units, start);
        // A dash of two or more hyphens after a word stands alone.
        int run = start;
        while (run < blank && units[run] == '-') run++;
        if (run - start >= 2 && run < blank && IsWord(units[run]) && start > 0 && IsWordOrQuote(units[start - 1])) return run;
        for (int i = start + 1; i < blank; i++)
        {
            if (units[i] != '-') continue;
            int dashes = i;
            while (dashes < blank && units[dashes] == '-') dashes++;
            if (dashes - i >= 2 && dashes < blank && IsWord(units[dashes]) && IsWordOrQuote(units[i - 1])) return i;
            bool lettersBefore = (i - start >= 2 && IsLetter(units[i - 1]) && IsLetter(units[i - 2])) || (i - start >= 3 && units[i - 2] == '-' && IsLetter(units[i - 1]) && IsLetter(units[i - 3]));
            bool lettersAfter = i + 2 < units.Length && IsLetter(units[i + 1]) && (IsLetter(units[i + 2]) || (units[i + 2] == '-' && i + 3 < units.Length && IsLetter(units[i + 3])));
            if (dashes - i == 1 && lettersBefore && lettersAfter) return i + 1;
            i = dashes - 1;
        }
        return blank;
    }
}
