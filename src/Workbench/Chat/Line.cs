namespace Juxta.Workbench.Chat;

/// <summary>Text on one line, for lists.</summary>
internal static class Line
{
    /// <summary>The text with all white space as single blanks, cut behind so many UTF-16 units (and never within a character).</summary>
    public static string Start(string text, int length)
    {
        // A long text need not be split whole: most of it is cut off anyway.
        ReadOnlySpan<char> begin = text.AsSpan().TrimStart();
        if (begin.Length > length * 8) begin = begin[..(length * 8)];
        string line = string.Join(' ', begin.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= length) return line;
        int end = char.IsHighSurrogate(line[length - 1]) ? length - 1 : length;
        return line[..end] + "…";
    }
}
