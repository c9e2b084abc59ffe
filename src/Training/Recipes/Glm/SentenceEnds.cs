namespace Juxta.Training.Recipes.Glm;

/// <summary>Where sentences end: behind 。！？…, a line break, or . ! ? before white space, with closing quotes and brackets.</summary>
internal static class SentenceEnds
{
    /// <summary>Rising indices (UTF-16 units) behind each sentence; the last is the text's length.</summary>
    public static IEnumerable<int> Of(string text)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool ends = text[i] is '。' or '！' or '？' or '…' or '\n';
            int next = i + 1;
            if (ends || text[i] is '.' or '!' or '?')
            {
                while (next < text.Length && (text[next] is '”' or '’' or '」' or '』' or '）' or '"' or '\'' or ')' or '。' or '！' or '？' or '…' or '.' or '!' or '?')) next++;
                ends |= next == text.Length || char.IsWhiteSpace(text[next]);
            }
            if (!ends) continue;
            while (next < text.Length && char.IsWhiteSpace(text[next])) next++;
            if (!string.IsNullOrWhiteSpace(text[start..next])) yield return start = next;
            i = next - 1;
        }
        if (start < text.Length) yield return text.Length;
    }
}
