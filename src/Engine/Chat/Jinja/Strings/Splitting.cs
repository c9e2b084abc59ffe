using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Strings;

/// <summary>Python's ways of cutting a string.</summary>
internal static class Splitting
{
    public static Value Split(Machine machine, StrValue self, Arguments arguments, bool fromRight)
    {
        var values = arguments.Bind(fromRight ? "rsplit" : "split", 0, "sep", "maxsplit");
        int limit = values[1] is { } most ? Numbers.ToInt32(most, "maxsplit") : -1;
        if (limit < 0) limit = int.MaxValue;
        List<(int Start, int End)> parts = values[0] switch
        {
            null or NoneValue => fromRight ? WordsFromRight(self.Units, limit) : Words(self.Units, limit),
            StrValue { UnitLength: 0 } => throw JinjaError.Value("empty separator"),
            StrValue separator => fromRight ? PartsFromRight(self.Units, separator.Units, limit) : Parts(self.Units, separator.Units, limit),
            var other => throw JinjaError.Type($"must be str or None, not {other.TypeName}"),
        };
        machine.Budget.AllocateItems(parts.Count);
        return new ListValue(parts.ConvertAll(part => (Value)self.Substring(machine.Budget, part.Start, part.End)));
    }

    static List<(int, int)> Parts(string text, string separator, int limit)
    {
        var parts = new List<(int, int)>();
        int start = 0;
        for (int found; limit > 0 && (found = text.IndexOf(separator, start, StringComparison.Ordinal)) >= 0; limit--)
        {
            parts.Add((start, found));
            start = found + separator.Length;
        }
        parts.Add((start, text.Length));
        return parts;
    }

    static List<(int, int)> PartsFromRight(string text, string separator, int limit)
    {
        var parts = new List<(int, int)>();
        int end = text.Length;
        for (int found; limit > 0 && (found = text.AsSpan(0, end).LastIndexOf(separator)) >= 0; limit--)
        {
            parts.Add((found + separator.Length, end));
            end = found;
        }
        parts.Add((0, end));
        parts.Reverse();
        return parts;
    }

    static List<(int, int)> Words(string text, int limit)
    {
        var parts = new List<(int, int)>();
        int position = 0;
        while (true)
        {
            while (position < text.Length && CodePoints.IsSpace(text[position])) position++;
            if (position == text.Length) return parts;
            int start = position;
            if (limit-- <= 0)
            {
                parts.Add((start, text.Length)); // with its trailing whitespace, as in Python
                return parts;
            }
            while (position < text.Length && !CodePoints.IsSpace(text[position])) position++;
            parts.Add((start, position));
        }
    }

    static List<(int, int)> WordsFromRight(string text, int limit)
    {
        var parts = new List<(int, int)>();
        int position = text.Length;
        while (true)
        {
            while (position > 0 && CodePoints.IsSpace(text[position - 1])) position--;
            if (position == 0) break;
            int end = position;
            if (limit-- <= 0)
            {
                parts.Add((0, end));
                break;
            }
            while (position > 0 && !CodePoints.IsSpace(text[position - 1])) position--;
            parts.Add((position, end));
        }
        parts.Reverse();
        return parts;
    }

    public static IEnumerable<StrValue> Lines(Machine machine, StrValue self, bool keepEnds)
    {
        string text = self.Units;
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && !CodePoints.IsLineEnd(text[end])) end++;
            int next = end == text.Length ? end : end + (text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1);
            machine.Budget.AllocateItems(1);
            yield return self.Substring(machine.Budget, start, keepEnds ? next : end);
            start = next;
        }
    }

    public static Value Partition(Machine machine, StrValue self, Arguments arguments, bool last)
    {
        string name = last ? "rpartition" : "partition";
        if (arguments.BindPositional(name, 1, 1)[0] is not StrValue separator) throw JinjaError.Type($"must be str, not {arguments.Positional[0].TypeName}");
        if (separator.UnitLength == 0) throw JinjaError.Value("empty separator");
        int found = last ? self.Units.LastIndexOf(separator.Units, StringComparison.Ordinal) : self.Units.IndexOf(separator.Units, StringComparison.Ordinal);
        var empty = new StrValue("", self.Author, self.IsMarkup);
        if (found < 0) return last ? new TupleValue(empty, empty, self) : new TupleValue(self, empty, empty);
        int end = found + separator.UnitLength;
        return new TupleValue(self.Substring(machine.Budget, 0, found), self.Substring(machine.Budget, found, end), self.Substring(machine.Budget, end, self.UnitLength));
    }
}
