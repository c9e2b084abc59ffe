using System.Text;
using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Questions;

/// <summary>
/// Exact match or token F1 of short answers as SQuAD's script evaluate-v1.1 computes them (Rajpurkar et al. 2016), 0 to 100; the best reference counts.
/// Words lie between white space: for Chinese take <see cref="CmrcMetric"/>. Two empty texts match exactly and have F1 0. Statistics: score, answers.
/// </summary>
internal sealed class SquadMetric(bool exactMatch) : IMetric
{
    public string Name => exactMatch ? "exact match" : "F1";

    public MetricSignature Signature { get; } = new("squad-1.1", new("type", "t", exactMatch ? "em" : "f1"), new("agg", "a", "mean"));

    public bool SplitsChinese => exactMatch;

    public int StatisticsLength => 2;

    public double Score(ReadOnlySpan<double> sums) => sums[1] > 0 ? 100 * sums[0] / sums[1] : 0;

    public void Count(Answer answer, Span<double> statistics)
    {
        string normalized = Normalize(answer.Text);
        statistics[0] = answer.References.Max(gold => exactMatch ? (normalized == Normalize(gold) ? 1 : 0) : F1(normalized, Normalize(gold)));
        statistics[1] = 1;
    }

    static double F1(string prediction, string gold)
    {
        string[] predicted = Split(prediction), expected = Split(gold);
        var left = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string word in expected) left[word] = left.GetValueOrDefault(word) + 1;
        int same = 0;
        foreach (string word in predicted)
        {
            int count = left.GetValueOrDefault(word);
            if (count == 0) continue;
            left[word] = count - 1;
            same++;
        }
        if (same == 0) return 0;
        double precision = 1.0 * same / predicted.Length, recall = 1.0 * same / expected.Length;
        return 2 * precision * recall / (precision + recall);
    }

    /// <summary>Lower case, without ASCII punctuation, without the words a, an and the, white space collapsed.</summary>
    public static string Normalize(string text)
    {
        var kept = new StringBuilder();
        foreach (char c in PythonText.Lower(text))
        {
            if (!char.IsAscii(c) || !(char.IsPunctuation(c) || char.IsSymbol(c))) kept.Append(c);
        }
        return string.Join(' ', Split(WithoutArticles(kept.ToString())));
    }

    /// <summary><c>\b(a|an|the)\b</c> → a space, with Python's idea of a word character.</summary>
    static string WithoutArticles(string text)
    {
        var output = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            if (!IsWord(text, i))
            {
                output.Append(text[i++]);
                continue;
            }
            int end = i;
            while (end < text.Length && IsWord(text, end)) end++;
            ReadOnlySpan<char> word = text.AsSpan(i, end - i);
            if (word is "a" or "an" or "the") output.Append(' ');
            else output.Append(word);
            i = end;
        }
        return output.ToString();
    }

    static bool IsWord(string text, int index)
    {
        if (char.IsLowSurrogate(text[index]) && index > 0 && char.IsHighSurrogate(text[index - 1])) index--;
        return UnicodeClasses.Is(PythonText.CodePointAt(text, index, out _), CharacterClass.Word);
    }

    static string[] Split(string text)
    {
        var words = new List<string>();
        WordSpans spans = PythonText.Words(text);
        while (spans.MoveNext()) words.Add(spans.Current.ToString());
        return [.. words];
    }
}
