using Juxta.Engine.Generation;

namespace Juxta.Workbench.Generation;

/// <summary>
/// Where a model thinks before it answers: between <c>&lt;think&gt;</c> at the beginning of its text, or at the end of the prompt that its chat template
/// wrote, and the first <c>&lt;/think&gt;</c> (DeepSeek R1, Qwen3 and others write so). Elsewhere the tags are ordinary text.
/// </summary>
/// <param name="Start">Index of the thought's first character.</param>
/// <param name="End">Index after its last; null while it goes on.</param>
/// <param name="AnswerStart">Index of the answer's first character; null while there is none.</param>
public sealed record Thinking(int Start, int? End, int? AnswerStart)
{
    public const string Opener = "<think>";
    public const string Closer = "</think>";

    /// <summary>Whether a prompt ends inside of a thought, so that its answer begins there.</summary>
    public static bool IsOpenAfter(string prompt) => prompt.AsSpan().TrimEnd().EndsWith(Opener, StringComparison.Ordinal);

    /// <param name="text">An answer, or as much of it as there is.</param>
    /// <param name="openedByPrompt">As <see cref="IsOpenAfter"/> says of its prompt.</param>
    /// <returns>Null for an answer without a thought.</returns>
    public static Thinking? Find(string text, bool openedByPrompt = false)
    {
        int first = text.Length - text.AsSpan().TrimStart().Length;
        bool spelled = string.CompareOrdinal(text, first, Opener, 0, Opener.Length) == 0;
        if (!spelled && !openedByPrompt) return null;
        int start = spelled ? first + Opener.Length : 0;
        int end = text.IndexOf(Closer, start, StringComparison.Ordinal);
        return end < 0 ? new Thinking(start, null, null) : new Thinking(start, end, end + Closer.Length);
    }

    /// <summary>The answer without its thought; empty while it only thinks.</summary>
    /// <inheritdoc cref="Find" path="/param"/>
    public static string Without(string text, bool openedByPrompt = false) => Find(text, openedByPrompt) switch
    {
        null => text,
        { AnswerStart: int start } => text[start..].TrimStart('\r', '\n'),
        _ => "",
    };

    /// <summary>How many of the drawn tokens wrote the text up to an index; null where an earlier generation wrote part of it.</summary>
    public static int? CountTokens(IReadOnlyList<GeneratedToken> tokens, int end)
    {
        int characters = 0, count = 0;
        for (int i = 0; i < tokens.Count && characters < end; i++)
        {
            if (tokens[i].Id is not null) count++;
            else if (tokens[i].Text.Length > 0 && tokens[i].Outcome is null) return null;
            characters += tokens[i].Text.Length;
        }
        return count;
    }
}
