using Juxta.Eval.Metrics.Answers;
using Juxta.Eval.Metrics.Bleu;
using Juxta.Eval.Metrics.ChatGlm;
using Juxta.Eval.Metrics.Chrf;
using Juxta.Eval.Metrics.Loss;
using Juxta.Eval.Metrics.Questions;
using Juxta.Eval.Metrics.Rouge;
using Juxta.Eval.Metrics.Ter;

namespace Juxta.Eval.Metrics;

/// <summary>A metric that can be asked for by name.</summary>
/// <param name="Name">As in evalset.json and <c>juxta metrics --metric</c>.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="Options">What it can be told.</param>
/// <param name="Create">Makes it.</param>
public sealed record MetricEntry(string Name, string Summary, IReadOnlyList<OptionInfo> Options, Func<MetricOptions, IMetric> Create);

/// <summary>All metrics. To add one, write its file and its line here (docs/metrics.md).</summary>
public static class MetricTable
{
    public static IReadOnlyList<MetricEntry> All { get; } =
    [
        new("bleu", "BLEU, 0 to 100 (sacreBLEU 2.6.0)", BleuMetric.Options, o => new BleuMetric(o)),
        new("chrf", "chrF, 0 to 100; word_order 2 is chrF++ (sacreBLEU 2.6.0)", ChrfMetric.Options, o => new ChrfMetric(o)),
        new("ter", "translation edit rate, lower is better (sacreBLEU 2.6.0, tercom)", TerMetric.Options, o => new TerMetric(o)),
        new("rouge1", "ROUGE-1 of English, 0 to 1 (rouge_score); rouge2 … rouge9 likewise", RougeMetric.Options, o => new RougeMetric(new(1, false), o)),
        new("rouge2", "ROUGE-2 of English", RougeMetric.Options, o => new RougeMetric(new(2, false), o)),
        new("rougeL", "ROUGE-L of English: longest common subsequence", RougeMetric.Options, o => new RougeMetric(RougeVariant.L, o)),
        new("rougeLsum", "ROUGE-L of summaries, one sentence a line", RougeMetric.Options, o => new RougeMetric(RougeVariant.Lsum, o)),
        new("rouge-zh-1", "ROUGE-1 of Chinese, clipped, over jieba words", ChineseRougeMetric.Options, o => new ChineseRougeMetric(new(1, false), o)),
        new("rouge-zh-2", "ROUGE-2 of Chinese, clipped, over jieba words", ChineseRougeMetric.Options, o => new ChineseRougeMetric(new(2, false), o)),
        new("rouge-zh-L", "ROUGE-L of Chinese over jieba words", ChineseRougeMetric.Options, o => new ChineseRougeMetric(RougeVariant.L, o)),
        new("chatglm", "the row of ChatGLM-6B's ptuning script: jieba, set-based ROUGE, BLEU-4 (rewards repetition)", ChatGlmMetric.Options, o => new ChatGlmMetric(o)),
        new("rouge-chinese", "set-based ROUGE of white-space tokens as the package rouge_chinese (rewards repetition)", SetRougeMetric.Options, o => new SetRougeMetric(chinese: true, o)),
        new("rouge-pltrdy", "set-based ROUGE as the package rouge (rewards repetition)", SetRougeMetric.Options, o => new SetRougeMetric(chinese: false, o)),
        new("nltk-bleu", "sentence BLEU, 0 to 1 (NLTK 3.8)", NltkBleuMetric.Options, o => new NltkBleuMetric(o)),
        new("exact-match", "exact match of short answers, 0 to 100 (SQuAD 1.1)", [], _ => new SquadMetric(exactMatch: true)),
        new("f1", "token F1 of short answers, 0 to 100 (SQuAD 1.1)", [], _ => new SquadMetric(exactMatch: false)),
        new("exact-match-zh", "exact match of short Chinese answers, 0 to 100 (CMRC 2018)", [], _ => new CmrcMetric(exactMatch: true)),
        new("f1-zh", "F1 of short Chinese answers, 0 to 100 (CMRC 2018)", [], _ => new CmrcMetric(exactMatch: false)),
        new("length-ratio", "length of answers over length of references", [], _ => new LengthRatioMetric()),
        new("distinct-1", "share of different words within answers", DistinctMetric.Options, o => new DistinctMetric(1, o)),
        new("distinct-2", "share of different word pairs within answers", DistinctMetric.Options, o => new DistinctMetric(2, o)),
        new("repetition", "share of 4-grams that an answer has had before, lower is better", RepetitionMetric.Options, o => new RepetitionMetric(o)),
        new("did-not-stop", "share of answers cut for length or repetition, lower is better", [], _ => new DidNotStopMetric()),
        new("loss", "masked loss, nats per token", [], _ => new LossMetric(LossUnit.Loss)),
        new("perplexity", "e to the masked loss", [], _ => new LossMetric(LossUnit.Perplexity)),
        new("bits-per-byte", "masked loss in bits per UTF-8 byte: comparable between tokenizers", [], _ => new LossMetric(LossUnit.BitsPerByte)),
    ];

    /// <summary>Other names that people know metrics by, with the options that they mean.</summary>
    static readonly Dictionary<string, (string Name, string? Option, object? Value)> Aliases = new(StringComparer.Ordinal)
    {
        ["sacrebleu"] = ("bleu", null, null),
        ["chrf2"] = ("chrf", null, null),
        ["chrf++"] = ("chrf", "word_order", 2L),
        ["chrf2++"] = ("chrf", "word_order", 2L),
        ["chrf+"] = ("chrf", "word_order", 1L),
        ["chrf2+"] = ("chrf", "word_order", 1L),
        ["em"] = ("exact-match", null, null),
        ["squadem"] = ("exact-match", null, null),
        ["squadf1"] = ("f1", null, null),
        ["cmrcem"] = ("exact-match-zh", null, null),
        ["cmrcf1"] = ("f1-zh", null, null),
        ["maskedloss"] = ("loss", null, null),
        ["ppl"] = ("perplexity", null, null),
        ["bpb"] = ("bits-per-byte", null, null),
    };

    /// <summary>A metric by name (case, '-' and '_' do not matter) with options.</summary>
    /// <exception cref="MetricException">No such metric, or options that it does not take.</exception>
    public static IMetric Create(string name, IReadOnlyDictionary<string, object?>? options = null)
    {
        string plain = Plain(name);
        var given = new Dictionary<string, object?>(options ?? new Dictionary<string, object?>(), StringComparer.Ordinal);
        if (Aliases.TryGetValue(plain, out var alias))
        {
            plain = Plain(alias.Name);
            if (alias.Option is not null) given.TryAdd(alias.Option, alias.Value);
        }
        MetricEntry entry = Find(plain) ?? throw new MetricException($"there is no metric '{name}'; there are {string.Join(", ", All.Select(e => e.Name))}");
        return entry.Create(new MetricOptions(entry.Name, entry.Options, given));
    }

    static MetricEntry? Find(string plain)
    {
        if (All.FirstOrDefault(e => Plain(e.Name) == plain) is { } listed) return listed;
        // Orders that have no line of their own.
        if (plain.Length < 2 || plain[^1] is < '1' or > '9') return null;
        int order = plain[^1] - '0';
        return plain[..^1] switch
        {
            "rouge" => new($"rouge{order}", "", RougeMetric.Options, o => new RougeMetric(new(order, false), o)),
            "rougezh" => new($"rouge-zh-{order}", "", ChineseRougeMetric.Options, o => new ChineseRougeMetric(new(order, false), o)),
            "distinct" => new($"distinct-{order}", "", DistinctMetric.Options, o => new DistinctMetric(order, o)),
            _ => null,
        };
    }

    static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
