using Juxta.Eval.Chinese;
using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Rouge;

/// <summary>
/// ROUGE for Chinese with clipped counts (Lin 2004): what rougeN and rougeL are, over words by jieba or over characters, white space left out. Saying a word
/// ten times counts ten times in precision. Statistics: precision, recall, F, answers.
/// </summary>
internal sealed class ChineseRougeMetric : IMetric
{
    public static readonly OptionInfo[] Options =
    [
        new("tokens", OptionKind.Text, "jieba", "jieba (words) or char (code points)"),
    ];

    readonly RougeVariant _variant;
    readonly Jieba? _jieba;

    public ChineseRougeMetric(RougeVariant variant, MetricOptions options)
    {
        _variant = variant;
        string tokens = options.Choice("tokens", "jieba", "char");
        _jieba = tokens == "jieba" ? Jieba.Default : null;
        Signature = new MetricSignature("juxta-1", new("type", "t", variant.ToString()), new("tok", "tok", _jieba is null ? "char" : "jieba-0.42.1"), new("agg", "a", "mean"));
    }

    public string Name => $"{_variant} (zh)";

    public MetricSignature Signature { get; }

    public int StatisticsLength => 4;

    public int Decimals => 4;

    public double Score(ReadOnlySpan<double> sums) => sums[3] > 0 ? sums[2] / sums[3] : 0;

    public IEnumerable<KeyValuePair<string, object>> Details(ReadOnlySpan<double> sums)
    {
        double answers = Math.Max(1, sums[3]);
        return [new("precision", sums[0] / answers), new("recall", sums[1] / answers), new("fmeasure", sums[2] / answers)];
    }

    public void Count(Answer answer, Span<double> statistics)
    {
        Workspace work = _jieba is null ? t_characters ??= new Workspace() : t_words ??= new Workspace();
        if (!ReferenceEquals(answer, work.Answer)) Read(answer, work);
        RougeValue best = default;
        for (int k = 0; k < answer.References.Count; k++)
        {
            RougeValue value = RougeMetric.Compare(work.References[k].Span, work.Candidate.Span, _variant.Order, work.Ngrams, work.Subsequence);
            if (k == 0 || value.F > best.F) best = value;
        }
        best.Write(statistics);
        statistics[3] = 1;
    }

    /// <summary>Once for all orders that measure an answer one after the other.</summary>
    void Read(Answer answer, Workspace work)
    {
        work.Answer = null;
        work.Buffer.Clear();
        work.Ids.Clear();
        Read(answer.Text, work.Candidate, work);
        while (work.References.Count < answer.References.Count) work.References.Add(new IdList());
        for (int k = 0; k < answer.References.Count; k++) Read(answer.References[k], work.References[k], work);
        work.Answer = answer;
    }

    void Read(string text, IdList ids, Workspace work)
    {
        ids.Clear();
        if (_jieba is not null)
        {
            int start = work.Buffer.Length;
            work.Buffer.Append(text);
            ReadOnlySpan<char> all = work.Buffer.Span;
            work.Words.Clear();
            _jieba.Cut(text, work.Words);
            foreach (Word word in work.Words)
            {
                if (!PythonText.Trim(all.Slice(start + word.Start, word.Length)).IsEmpty) ids.Add(work.Ids.Of(all, start + word.Start, word.Length));
            }
            return;
        }
        for (int i = 0, units; i < text.Length; i += units)
        {
            int code = PythonText.CodePointAt(text, i, out units);
            if (code > char.MaxValue || !PythonText.IsSpace((char)code)) ids.Add(code);
        }
    }

    sealed class Workspace
    {
        public readonly CharBuffer Buffer = new();
        public readonly WordIds Ids = new();
        public readonly List<Word> Words = [];
        public readonly IdList Candidate = new();
        public readonly List<IdList> References = [];
        public readonly NgramTrie Ngrams = new();
        public readonly CommonSubsequence Subsequence = new();

        /// <summary>Whose words the lists hold.</summary>
        public Answer? Answer;
    }

    [ThreadStatic]
    static Workspace? t_words;

    [ThreadStatic]
    static Workspace? t_characters;
}
