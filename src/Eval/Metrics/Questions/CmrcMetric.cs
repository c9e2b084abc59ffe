using System.Text;
using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Questions;

/// <summary>
/// Exact match or F1 of short Chinese answers as CMRC 2018's script computes them (Cui et al. 2019), 0 to 100; the best reference counts. Every ideograph is
/// a token; F1 is over the longest common contiguous run of tokens. Statistics: score, answers.
/// </summary>
internal sealed class CmrcMetric(bool exactMatch) : IMetric
{
    /// <summary>The script's list also names "……", which never equals one character: an ellipsis stays.</summary>
    const string Punctuation = "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』";

    public string Name => exactMatch ? "exact match (zh)" : "F1 (zh)";

    public MetricSignature Signature { get; } = new("cmrc2018-v5", new("type", "t", exactMatch ? "em" : "f1"), new("agg", "a", "mean"));

    public int StatisticsLength => 2;

    public double Score(ReadOnlySpan<double> sums) => sums[1] > 0 ? 100 * sums[0] / sums[1] : 0;

    public void Count(Answer answer, Span<double> statistics)
    {
        statistics[1] = 1;
        if (exactMatch)
        {
            string bare = WithoutPunctuation(answer.Text);
            statistics[0] = answer.References.Any(gold => bare == WithoutPunctuation(gold)) ? 1 : 0;
            return;
        }
        List<string> segments = Segments(answer.Text);
        statistics[0] = answer.References.Max(gold => F1(Segments(gold), segments));
    }

    static double F1(List<string> gold, List<string> prediction)
    {
        int common = LongestCommonRun(gold, prediction);
        if (common == 0) return 0;
        double precision = 1.0 * common / prediction.Count, recall = 1.0 * common / gold.Count;
        return 2 * precision * recall / (precision + recall);
    }

    /// <summary>Lower case, trimmed, without the punctuation of the list; white space inside stays.</summary>
    public static string WithoutPunctuation(string text)
    {
        var kept = new StringBuilder();
        foreach (char c in PythonText.Trim(PythonText.Lower(text)))
        {
            if (!Punctuation.Contains(c, StringComparison.Ordinal)) kept.Append(c);
        }
        return kept.ToString();
    }

    /// <summary>Ideographs one by one, what lies between them as NLTK's words.</summary>
    public static List<string> Segments(string text)
    {
        var segments = new List<string>();
        var other = new StringBuilder();
        foreach (char c in WithoutPunctuation(text))
        {
            if (c is < '\u4E00' or > '\u9FA5')
            {
                other.Append(c);
                continue;
            }
            Flush();
            segments.Add(c.ToString());
        }
        Flush();
        return segments;

        void Flush()
        {
            if (other.Length > 0) segments.AddRange(TreebankWords.Split(other.ToString()));
            other.Clear();
        }
    }

    static int LongestCommonRun(List<string> a, List<string> b)
    {
        int[] above = new int[b.Count + 1], row = new int[b.Count + 1];
        int longest = 0;
        for (int i = 1; i <= a.Count; i++)
        {
            for (int j = 1; j <= b.Count; j++)
            {
                row[j] = a[i - 1] == b[j - 1] ? above[j - 1] + 1 : 0;
                longest = Math.Max(longest, row[j]);
            }
            (above, row) = (row, above);
        }
        return longest;
    }
}
