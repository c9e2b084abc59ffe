using Juxta.Eval.Metrics;

namespace Juxta.Cli.Commands;

/// <summary>Says on stderr when a score will be a number but will not mean what it seems to.</summary>
internal static class MetricsWarnings
{
    /// <summary>sacreBLEU's threshold.</summary>
    const int TokenizedLines = 100;

    static readonly HashSet<string> Said = [];

    public static void Write(MetricsQuestion question)
    {
        Answer[] answers = question.Systems[0];
        if (question.Metric is ITokenizingMetric { Force: false } && answers.Count(a => a.Text.EndsWith(" .", StringComparison.Ordinal)) >= TokenizedLines)
            Say($"{TokenizedLines} or more answers end in ' .': they look tokenized, and {question.Metric.Name} tokenizes again; give the text as the model wrote it, or --force");
        if (!question.Metric.SplitsChinese && answers.Count(a => IsChinese(a.Text)) * 2 > answers.Length)
            Say($"most answers are Chinese, and {question.Metric.Name} with these options takes what lies between spaces for a word: {Instead(question.Metric.Name)}");
    }

    /// <summary>Once, however many lines of a file are alike.</summary>
    static void Say(string warning)
    {
        if (Said.Add(warning)) Console.Error.WriteLine($"juxta: {warning}");
    }

    static string Instead(string metric) => metric switch
    {
        "BLEU" => "take --tokenize zh",
        "TER" => "take --normalized --asian-support",
        "F1" => "take f1-zh",
        "NLTK BLEU" => "take --tokens char",
        _ => "take rouge-zh-1, rouge-zh-2 or rouge-zh-L",
    };

    /// <summary>At least half of it are ideographs.</summary>
    static bool IsChinese(string text) => text.Length > 0 && text.Count(c => c is >= '\u3400' and <= '\u9FFF') * 2 >= text.Length;
}
