using System.Globalization;
using System.Text;

namespace Juxta.Eval.Reports;

/// <summary>Texts of models and people as they may stand in a file: nothing in them is markup, steers a terminal or turns the direction of writing.</summary>
internal static class SafeText
{
    /// <summary>For HTML, in text as in attributes.</summary>
    public static string Html(string text)
    {
        var safe = new StringBuilder(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes()) // half a surrogate pair comes as U+FFFD
        {
            switch (rune.Value)
            {
                case '&': safe.Append("&amp;"); break;
                case '<': safe.Append("&lt;"); break;
                case '>': safe.Append("&gt;"); break;
                case '"': safe.Append("&quot;"); break;
                case '\'': safe.Append("&#39;"); break;
                default: Append(safe, rune); break;
            }
        }
        return safe.ToString();
    }

    /// <summary>For a line of Markdown or a cell of its tables.</summary>
    public static string Markdown(string text)
    {
        var safe = new StringBuilder(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\r') safe.Append(' ');
            else if (rune.Value is '<') safe.Append("&lt;");
            else if (rune.Value is '&') safe.Append("&amp;");
            else if (rune.Value is '\\' or '`' or '*' or '_' or '[' or ']' or '|' or '#' or '~' or '$') safe.Append('\\').Append((char)rune.Value);
            else Append(safe, rune);
        }
        return safe.ToString();
    }

    /// <summary>A whole text as a fenced block of Markdown: no run of backticks in it is as long as the fence.</summary>
    public static string Fenced(string text)
    {
        int longest = 0, run = 0;
        foreach (char c in text) longest = Math.Max(longest, run = c == '`' ? run + 1 : 0);
        string fence = new('`', Math.Max(3, longest + 1));
        var safe = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) Append(safe, rune);
        return $"{fence}text\n{safe.ToString().TrimEnd('\n')}\n{fence}\n";
    }

    static void Append(StringBuilder safe, Rune rune)
    {
        if (rune.Value is '\r') return;
        bool hidden = (Rune.IsControl(rune) && rune.Value is not ('\n' or '\t')) || rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFEFF;
        if (hidden) safe.Append(CultureInfo.InvariantCulture, $"⟨U+{rune.Value:X4}⟩");
        else safe.Append(rune.ToString());
    }
}
