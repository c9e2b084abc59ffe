namespace Juxta.Eval.Differences;

/// <summary>On which side a piece of text stands.</summary>
public enum DiffKind
{
    /// <summary>On both.</summary>
    Same,

    /// <summary>On the left only.</summary>
    OnlyLeft,

    /// <summary>On the right only.</summary>
    OnlyRight,
}

/// <summary>A piece of one side's text.</summary>
public readonly record struct DiffSpan(DiffKind Kind, string Text);

/// <summary>
/// Two texts side by side. The spans of each side, joined, are its text; they are never empty and never cut a character. The n-th
/// <see cref="DiffKind.Same"/> span of the left is the n-th of the right. Exchanging the texts exchanges the spans.
/// </summary>
/// <param name="Left">Spans that are the same or only left.</param>
/// <param name="Right">Spans that are the same or only right.</param>
/// <param name="Shortest">
/// Nothing larger could have been marked as the same, but for lone spaces between changes. False when the texts differ too much for that to be worked
/// out (see <see cref="SharedUnits"/>) or are too long (<see cref="MostUnits"/>).
/// </param>
public sealed record TextDiff(IReadOnlyList<DiffSpan> Left, IReadOnlyList<DiffSpan> Right, bool Shortest)
{
    /// <summary>
    /// Words, or characters in Chinese and the like, of one text beyond what both begin and end with. Where there are more, all between the common
    /// beginning and the common end is shown as different.
    /// </summary>
    public const int MostUnits = 200_000;

    /// <summary>So many words (characters) follow each other on the left, so many on the right; the same ones or different ones.</summary>
    readonly record struct Run(int Left, int Right, bool Same);

    /// <summary>Compares two texts by words, and by characters in scripts without spaces between words.</summary>
    /// <param name="left">One text.</param>
    /// <param name="right">The other.</param>
    /// <param name="characters">By characters in every script.</param>
    public static TextDiff Compare(string left, string right, bool characters = false)
    {
        // Of several equally good answers the search finds one that depends on which text comes first: the order is fixed here.
        if (string.CompareOrdinal(left, right) > 0) return Compare(right, left, characters).Exchanged();
        int[] leftStarts = TextUnits.Split(left, characters), rightStarts = TextUnits.Split(right, characters);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        List<Run> runs = Runs(Numbers(left, leftStarts, numbers), Numbers(right, rightStarts, numbers), out bool shortest);
        if (!characters) runs = LoneSpacesJoined(runs, left, leftStarts);
        return new TextDiff(
            Spans(left, leftStarts, runs, run => run.Left, DiffKind.OnlyLeft), Spans(right, rightStarts, runs, run => run.Right, DiffKind.OnlyRight), shortest);
    }

    TextDiff Exchanged()
    {
        static DiffSpan Other(DiffSpan span) =>
            span with { Kind = span.Kind switch { DiffKind.OnlyLeft => DiffKind.OnlyRight, DiffKind.OnlyRight => DiffKind.OnlyLeft, _ => DiffKind.Same } };
        return new TextDiff([.. Right.Select(Other)], [.. Left.Select(Other)], Shortest);
    }

    /// <summary>Equal units get equal numbers.</summary>
    static int[] Numbers(string text, int[] starts, Dictionary<string, int> numbers)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        var found = new int[starts.Length - 1];
        for (int i = 0; i < found.Length; i++)
        {
            ReadOnlySpan<char> unit = text.AsSpan(starts[i]..starts[i + 1]);
            if (!lookup.TryGetValue(unit, out found[i])) lookup[unit] = found[i] = numbers.Count;
        }
        return found;
    }

    static List<Run> Runs(int[] left, int[] right, out bool shortest)
    {
        int begin = left.AsSpan().CommonPrefixLength(right), end = 0;
        while (end < Math.Min(left.Length, right.Length) - begin && left[^(end + 1)] == right[^(end + 1)]) end++;
        int[] leftMiddle = left[begin..^end], rightMiddle = right[begin..^end];
        var runs = new List<Run>();
        if (begin > 0) runs.Add(new Run(begin, begin, true));
        if (Math.Max(leftMiddle.Length, rightMiddle.Length) <= MostUnits) AddMiddle(runs, leftMiddle, rightMiddle, out shortest);
        else
        {
            runs.Add(new Run(leftMiddle.Length, rightMiddle.Length, false));
            shortest = false;
        }
        if (end > 0) runs.Add(new Run(end, end, true));
        return runs;
    }

    static void AddMiddle(List<Run> runs, int[] left, int[] right, out bool shortest)
    {
        // Units that only one side has cannot be shared: without them the search is short even for texts that have nothing in common.
        (HashSet<int> inLeft, HashSet<int> inRight) = ([.. left], [.. right]);
        var shared = new SharedUnits([.. left.Where(inRight.Contains)], [.. right.Where(inLeft.Contains)]);
        shortest = shared.Longest;
        int leftAsked = 0, rightAsked = 0;
        bool LeftShared(int x) => inRight.Contains(left[x]) && shared.InLeft[leftAsked++];
        bool RightShared(int y) => inLeft.Contains(right[y]) && shared.InRight[rightAsked++];
        bool[] leftSame = [.. Enumerable.Range(0, left.Length).Select(LeftShared)], rightSame = [.. Enumerable.Range(0, right.Length).Select(RightShared)];
        for (int x = 0, y = 0; x < left.Length || y < right.Length;)
        {
            (int fromX, int fromY) = (x, y);
            for (; x < left.Length && y < right.Length && leftSame[x] && rightSame[y]; x++) y++;
            if (x > fromX) runs.Add(new Run(x - fromX, y - fromY, true));
            (fromX, fromY) = (x, y);
            while (x < left.Length && !leftSame[x]) x++;
            while (y < right.Length && !rightSame[y]) y++;
            if (x > fromX || y > fromY) runs.Add(new Run(x - fromX, y - fromY, false));
        }
    }

    /// <summary>A space that happens to stand between two replaced words belongs to the replacement: two words for two words, not word by word.</summary>
    static List<Run> LoneSpacesJoined(List<Run> runs, string left, int[] starts)
    {
        var joined = new List<Run>();
        for (int i = 0, x = 0; i < runs.Count; x += runs[i].Left, i++)
        {
            bool lone = runs[i].Same && i > 0 && i < runs.Count - 1 && Replaces(runs[i - 1]) && Replaces(runs[i + 1])
                && left.AsSpan(starts[x]..starts[x + runs[i].Left]) is " ";
            Run run = lone ? runs[i] with { Same = false } : runs[i];
            if (!run.Same && joined is [.., { Same: false } before]) joined[^1] = new Run(before.Left + run.Left, before.Right + run.Right, false);
            else joined.Add(run);
        }
        return joined;

        static bool Replaces(Run run) => run is { Same: false, Left: > 0, Right: > 0 };
    }

    static List<DiffSpan> Spans(string text, int[] starts, List<Run> runs, Func<Run, int> units, DiffKind only)
    {
        var spans = new List<DiffSpan>();
        int from = 0;
        foreach (Run run in runs)
        {
            int to = from + units(run);
            if (to > from) spans.Add(new DiffSpan(run.Same ? DiffKind.Same : only, text[starts[from]..starts[to]]));
            from = to;
        }
        return spans;
    }
}
