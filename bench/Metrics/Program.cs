using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Juxta.Eval.Chinese;
using Juxta.Eval.Metrics;
using Juxta.Eval.Significance;

// One metric over one file of texts, for bench/peers/compare_metrics.py, which runs it in turns with the reference programs:
//   dotnet bench/Metrics/bin/Release/net10.0/Juxta.MetricsBench.dll bleu-13a texts.json 5
// texts.json is {"hypotheses":[…],"references":[…]}. Prints a JSON line: the result, and the CPU seconds of all threads that each run took, the warming one not counted.
if (args is not [string work, string path, string given] || !int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int runs) || runs < 1)
{
    Console.Error.WriteLine("expected: WORK TEXTS.json RUNS");
    return 2;
}
JsonElement texts = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
string[] hypotheses = Texts("hypotheses"), references = Texts("references");
Answer[] answers = Answer.FromStreams(hypotheses, [references]);
Func<object>? measured = work switch
{
    "bleu-13a" => Score("bleu"),
    "bleu-intl" => Score("bleu", ("tokenize", "intl")),
    "bleu-zh" => Score("bleu", ("tokenize", "zh")),
    "bleu-resampled" => () => Bootstrap.Interval(CorpusStatistics.Of(MetricTable.Create("bleu"), answers)).Mean,
    "chrf" => Score("chrf"),
    "chrf++" => Score("chrf", ("word_order", 2L)),
    "ter" => Score("ter"),
    "rouge" => Rouge(stemmer: false),
    "rouge-stemmed" => Rouge(stemmer: true),
    "jieba" => Segment,
    "chatglm" => Row,
    _ => null,
};
if (measured is null)
{
    Console.Error.WriteLine($"'{work}' is no work");
    return 2;
}
if (work is "jieba" or "chatglm") await JiebaPackages.InstallAsync();
object result = measured();
var seconds = new double[runs];
for (int i = 0; i < runs; i++)
{
    TimeSpan before = Environment.CpuUsage.TotalTime;
    measured();
    seconds[i] = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
}
Console.WriteLine(JsonSerializer.Serialize(new { result, seconds, whole = Environment.CpuUsage.TotalTime.TotalSeconds - seconds.Sum() }));
return 0;

string[] Texts(string name) => [.. texts.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];

Func<object> Score(string name, params (string Name, object? Value)[] options)
{
    IMetric metric = MetricTable.Create(name, options.ToDictionary(option => option.Name, option => option.Value));
    return () => CorpusStatistics.Of(metric, answers).Score;
}

// The reference program makes all four in one call.
Func<object> Rouge(bool stemmer)
{
    IMetric[] metrics = [.. ((string[])["rouge1", "rouge2", "rougeL", "rougeLsum"]).Select(type => MetricTable.Create(type, new Dictionary<string, object?> { ["use_stemmer"] = stemmer }))];
    return () => CorpusStatistics.Of(metrics, answers).Select(statistics => statistics.Score).ToArray();
}

object Row()
{
    var statistics = CorpusStatistics.Of(MetricTable.Create("chatglm"), answers);
    Dictionary<string, object> all = statistics.Metric.Details(statistics.Sums).ToDictionary(detail => detail.Key, detail => detail.Value);
    return ((string[])["rouge-1", "rouge-2", "rouge-l", "bleu-4"]).Select(name => all[name]).ToArray();
}

// Of all words in one hash, so that both programs are seen to have cut alike.
object Segment()
{
    var words = new StringBuilder();
    foreach (string text in hypotheses)
        foreach (string word in Jieba.Default.Cut(text)) words.Append(word).Append('\n');
    return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words.ToString())));
}
