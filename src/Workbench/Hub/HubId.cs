using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Juxta.Workbench.Hub;

/// <summary>Names a model of the Hub: <c>owner/name</c> or <c>owner/name@revision</c>, the revision being a branch, a tag or a commit.</summary>
public sealed partial record HubId
{
    HubId(string owner, string name, string revision) => (Owner, Name, Revision) = (owner, name, revision);

    public string Owner { get; }

    public string Name { get; }

    /// <summary><c>main</c> where none is named.</summary>
    public string Revision { get; }

    /// <summary>Name of the model's folder within a models folder. Two ids never share one: the Hub allows no <c>--</c> within names.</summary>
    public string FolderName => $"{Owner}--{Name}";

    /// <exception cref="HubException">It is no such name.</exception>
    public static HubId Parse(string text)
    {
        Match match = Form().Match(text);
        if (!match.Success)
            throw new HubException($"'{Shown(text)}' does not name a model of the Hub: expected OWNER/NAME or OWNER/NAME@REVISION, such as Qwen/Qwen2.5-0.5B-Instruct");
        string owner = match.Groups["owner"].Value, name = match.Groups["name"].Value, revision = match.Groups["revision"].Value;
        if ($"{owner}/{name}/{revision}" is var all && (all.Contains("..", StringComparison.Ordinal) || $"{owner}/{name}".Contains("--", StringComparison.Ordinal)))
            throw new HubException($"'{Shown(text)}' does not name a model of the Hub: neither '..' nor, in owner and name, '--' can be part of it");
        return new HubId(owner, name, revision.Length > 0 ? revision : "main");
    }

    /// <summary>Like <see cref="Parse"/>, for a text that may well be something else.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out HubId? id)
    {
        try
        {
            id = Parse(text);
        }
        catch (HubException)
        {
            id = null;
        }
        return id is not null;
    }

    public override string ToString() => Revision == "main" ? $"{Owner}/{Name}" : $"{Owner}/{Name}@{Revision}";

    /// <summary>Text from outside as an error may show it: short, without control and direction characters.</summary>
    internal static string Shown(string text) =>
        string.Concat(text.Take(80).Select(c => char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format ? '\uFFFD' : c)) + (text.Length > 80 ? "…" : "");

    [GeneratedRegex(@"\A(?<owner>[A-Za-z0-9][A-Za-z0-9._-]{0,95})/(?<name>[A-Za-z0-9_][A-Za-z0-9._-]{0,95})(@(?<revision>[A-Za-z0-9][A-Za-z0-9._/-]{0,199}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
