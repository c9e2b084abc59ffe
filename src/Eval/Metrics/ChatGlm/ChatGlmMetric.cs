using System.Globalization;
using System.Text;
using Juxta.Eval.Chinese;
using Juxta.Eval.Metrics.Bleu;
using Juxta.Eval.Metrics.Rouge;
using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.ChatGlm;

/// <summary>
/// The evaluation row of ChatGLM-6B's ptuning/main.py, digit for digit: jieba words, set-based ROUGE-1, -2 and -L of rouge_chinese, NLTK's BLEU-4 with
/// smoothing method 3 over code points, each value in percent rounded to four decimals per answer, then the mean. Comparable with published rows of that
/// script; it rewards endless repetition, so read it beside rouge-zh. Statistics: rouge-1, rouge-2, rouge-l, bleu-4, answers, failed.
/// </summary>
internal sealed class ChatGlmMetric : IMetric
{
    public static readonly OptionInfo[] Options =
    [
        new("report", OptionKind.Text, "rouge-l", "which of rouge-1, rouge-2, rouge-l and bleu-4 is the score; the row has all four"),
        new("smoothing", OptionKind.Flag, true, "BLEU-4 with method 3; false is the script before 6 April 2023"),
        new("empty", OptionKind.Text, "zero", "an answer or reference without text, at which the script stops: zero (counts 0) or skip"),
    ];

    static readonly string[] Row = ["rouge-1", "rouge-2", "rouge-l", "bleu-4"];
    static readonly double[] Quarters = [0.25, 0.25, 0.25, 0.25];

    readonly int _reported;
    readonly bool _skipEmpty;
    readonly NltkSmoothing _smoothing;
    readonly Jieba _jieba = Jieba.Default;

    public ChatGlmMetric(MetricOptions options)
    {
        string report = options.Choice("report", Row);
        _reported = Array.IndexOf(Row, report);
        _smoothing = options.Flag("smoothing") ? NltkSmoothing.Method3 : NltkSmoothing.Method0;
        _skipEmpty = options.Choice("empty", "zero", "skip") == "skip";
        Name = $"ChatGLM {report}";
        Signature = new MetricSignature(
            "ptuning-a9fc018", new("report", "r", report), new("tok", "tok", "jieba-0.42.1"), new("rouge", "ro", "rouge_chinese-1.0.3"),
            new("bleu", "b", $"nltk-3.8-method{(int)_smoothing}"), new("empty", "e", _skipEmpty ? "skip" : "zero"));
    }

    public string Name { get; }

    public MetricSignature Signature { get; }

    public int StatisticsLength => 6;

    public int Decimals => 4;

    public double Score(ReadOnlySpan<double> sums) => sums[4] > 0 ? sums[_reported] / sums[4] : 0;

    public IEnumerable<KeyValuePair<string, object>> Details(ReadOnlySpan<double> sums)
    {
        var details = new List<KeyValuePair<string, object>>();
        for (int k = 0; k < Row.Length; k++) details.Add(new(Row[k], sums[4] > 0 ? sums[k] / sums[4] : 0d));
        details.Add(new("counted", sums[4]));
        details.Add(new("failed", sums[5]));
        return details;
    }

    public string Describe(ReadOnlySpan<double> sums, Significance.ConfidenceInterval? interval) =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} = {Score(sums):F4}{interval?.ToString(4)}") + string.Concat(Details(sums).Select(d => string.Create(CultureInfo.InvariantCulture, $" {d.Key} = {d.Value}")));

    public void Count(Answer answer, Span<double> statistics)
    {
        string reference = answer.References[0];
        Workspace work = t_work ??= new Workspace();
        bool failed = !work.Rouge.Read(Words(answer.Text, work), Words(reference, work));
        statistics[5] = failed ? 1 : 0;
        statistics[4] = failed && _skipEmpty ? 0 : 1;
        if (failed) return;
        statistics[0] = Rounded(work.Rouge.Compare(1).F);
        statistics[1] = Rounded(work.Rouge.Compare(2).F);
        statistics[2] = Rounded(work.Rouge.Compare(0).F);
        statistics[3] = Rounded(work.Bleu.Score(CodePoints(answer.Text), [CodePoints(reference)], Quarters, _smoothing));
    }

    string Words(string text, Workspace work)
    {
        work.Words.Clear();
        _jieba.Cut(text, work.Words);
        work.Joined.Clear();
        foreach (Word word in work.Words)
        {
            if (work.Joined.Length > 0) work.Joined.Append(' ');
            work.Joined.Append(text, word.Start, word.Length);
        }
        return work.Joined.ToString();
    }

    static int[] CodePoints(string text)
    {
        var codes = new int[text.Length];
        int count = 0;
        for (int i = 0, units; i < text.Length; i += units) codes[count++] = PythonText.CodePointAt(text, i, out units);
        return codes[..count];
    }

    static double Rounded(double share) => Round4(share * 100);

    /// <summary>Python's round(x, 4): by the exact decimal value, which Math.Round is not.</summary>
    internal static double Round4(double value) => double.Parse(value.ToString("F4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    sealed class Workspace
    {
        public readonly List<Word> Words = [];
        public readonly StringBuilder Joined = new();
        public readonly SetRouge Rouge = new(chinese: true, exclusive: true);
        public readonly NltkBleu Bleu = new();
    }

    [ThreadStatic]
    static Workspace? t_work;
}
