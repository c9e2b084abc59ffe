using System.Text;

namespace Juxta.Workbench.Generation;

/// <summary>Stop strings as a person types them: one a line; <c>\n</c>, <c>\r</c>, <c>\t</c> and <c>\\</c> stand for what they name.</summary>
public static class StopLines
{
    public static string Write(IReadOnlyList<string> strings) => string.Join('\n', strings.Select(Escape));

    public static IReadOnlyList<string> Read(string lines) =>
        [.. lines.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0).Select(Unescape).Distinct()];

    static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);

    static string Unescape(string line)
    {
        var text = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            char? named = line[i] == '\\' && i + 1 < line.Length ? line[i + 1] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', '\\' => '\\', _ => null } : null;
            if (named is not null) i++;
            text.Append(named ?? line[i]);
        }
        return text.ToString();
    }
}
