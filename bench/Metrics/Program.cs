using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Juxta.Eval.Chinese;
using Juxta.Eval.Metrics;
using Juxta.Eval.Significance;

// Speed of the metrics in segments per CPU second (all threads' time counts), beside what the reference programs reach in theirs.
//   dotnet run -c Release --project bench/Metrics -- ../shared/fixtures/metrics/corpora.json
// The texts are the corpora en-1000 and zh-1000 of the metric vectors, over and over; the reference figures were measured on texts from the same generator.
string path = args.Length > 0 ? args[0] : Path.Combine("..", "shared", "fixtures", "metrics", "corpora.json");
if (!File.Exists(path))
{
    Console.Error.WriteLine($"{path}: no such file; give the path of the metric vectors' corpora.json");
    return 2;
}
JsonElement corpora = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("corpora");
Answer[] english = Read("en-1000"), chinese = Read("zh-1000");
await JiebaPackages.InstallAsync();

Console.WriteLine("| work | segments | CPU s | segments per CPU s | reference | ratio |");
Console.WriteLine("|---|---|---|---|---|---|");
Score("BLEU 13a", english, 100_000, 7_000, "bleu");
Score("BLEU intl", english, 20_000, 9_800, "bleu", ("tokenize", "intl"));
Score("BLEU zh", chinese, 20_000, 4_400, "bleu", ("tokenize", "zh"));
Score("chrF2", english, 10_000, 3_800, "chrf");
Score("chrF2++", english, 10_000, 3_800, "chrf", ("word_order", 2L));
Score("TER", english, 10_000, 920, "ter");
Measure("ROUGE-1, -2, -L, -Lsum, stemmer", 10_000, 2_300, () => Rouge(true));
Measure("ROUGE-1, -2, -L, -Lsum", 10_000, 6_200, () => Rouge(false));
Score("ChatGLM row", chinese, 10_000, 1_340, "chatglm");
string[] lines = [.. Repeat(chinese, 20_000).Select(a => a.Text)];
Measure("jieba (characters)", lines.Sum(l => l.Length), 330_000, () =>
{
    foreach (string line in lines) _ = Jieba.Default.Cut(line);
});
Measure("BLEU and 1000 resamples", 1_000, 1_000 / 0.20, () => Bootstrap.Interval(CorpusStatistics.Of(MetricTable.Create("bleu"), english)));
return 0;

Answer[] Read(string name)
{
    JsonElement corpus = corpora.GetProperty(name);
    string[] hypotheses = [.. corpus.GetProperty("hyps").GetProperty("sysB").EnumerateArray().Select(h => h.GetString()!)];
    string?[][] streams = [.. corpus.GetProperty("refs").EnumerateArray().Select(s => s.EnumerateArray().Select(r => r.GetString()).ToArray())];
    return Answer.FromStreams(hypotheses, streams);
}

Answer[] Repeat(Answer[] answers, int count) => [.. Enumerable.Range(0, count).Select(i => answers[i % answers.Length])];

void Score(string work, Answer[] answers, int count, double reference, string name, params (string Name, object? Value)[] options)
{
    IMetric metric = MetricTable.Create(name, options.ToDictionary(o => o.Name, o => o.Value));
    Answer[] all = Repeat(answers, count);
    Measure(work, count, reference, () => CorpusStatistics.Of(metric, all));
}

void Rouge(bool stemmer)
{
    Answer[] all = Repeat(english, 10_000);
    foreach (string type in (string[])["rouge1", "rouge2", "rougeL", "rougeLsum"])
        CorpusStatistics.Of(MetricTable.Create(type, new Dictionary<string, object?> { ["use_stemmer"] = stemmer }), all);
}

// The best of five: a busy machine makes some slower than they are, none faster.
void Measure(string work, int count, double reference, Action run)
{
    run();
    double best = double.MaxValue;
    using Process process = Process.GetCurrentProcess();
    for (int i = 0; i < 5; i++)
    {
        process.Refresh();
        TimeSpan before = process.TotalProcessorTime;
        run();
        process.Refresh();
        best = Math.Min(best, (process.TotalProcessorTime - before).TotalSeconds);
    }
    double rate = count / best;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {work} | {count:N0} | {best:F3} | {rate:N0} | {reference:N0} | {rate / reference:F1} × |"));
}
