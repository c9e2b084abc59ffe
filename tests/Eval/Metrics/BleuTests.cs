using System.Text.Json;
using Juxta.Eval.Metrics;
using Juxta.Eval.Metrics.Bleu;

namespace Juxta.EvalTests.Metrics;

public sealed class BleuTests
{
    const double Tolerance = 1e-12;

    [Fact]
    public void Sentence_scores_and_signatures_are_sacreBLEUs()
    {
        var wrong = new Differences();
        Dictionary<string, Answer> pairs = MetricFixtures.Pairs(MetricFixtures.Load("pairs").GetProperty("pairs"));
        foreach (JsonElement c in MetricFixtures.Cases("bleu-sentence"))
        {
            IMetric metric = MetricTable.Create("bleu", c.GetProperty("options").Options());
            foreach (JsonElement row in c.GetProperty("rows").EnumerateArray())
            {
                Answer answer = pairs[row[0].GetString()!];
                Compare(row, 1, CorpusStatistics.Of(metric, [answer]), wrong, $"{c.GetProperty("options")} {row[0]}");
            }
            foreach (JsonProperty signature in c.GetProperty("signature").EnumerateObject())
            {
                int references = signature.Name[^1] - '0';
                wrong.Equal(signature.Value[0].GetString(), metric.Signature.Format(new(references)), signature.Name);
                wrong.Equal(signature.Value[1].GetString(), metric.Signature.FormatShort(new(references)), signature.Name);
            }
        }
        wrong.AssertNone(20_000);
    }

    [Fact]
    public void Corpus_scores_signatures_and_text_lines_are_sacreBLEUs()
    {
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("bleu-corpus"))
        {
            string at = $"{c.Text("corpus")} {c.Text("system")} {c.GetProperty("options")}";
            IMetric metric = MetricTable.Create("bleu", c.GetProperty("options").Options());
            CorpusStatistics corpus = CorpusStatistics.Of(metric, MetricFixtures.Corpus(c.Text("corpus"), c.Text("system")));
            Compare(c.GetProperty("result"), 0, corpus, wrong, at);
            wrong.Equal(c.Text("signature"), metric.Signature.Format(corpus.Run), at);
            wrong.Equal(c.Text("short"), metric.Signature.FormatShort(corpus.Run), at);
            wrong.Equal(c.Text("text"), metric.Describe(corpus.Sums), at);
            wrong.Near(c.GetProperty("ratio").GetDouble(), (double)metric.Details(corpus.Sums).Single(d => d.Key == "ratio").Value, Tolerance, at);
        }
        wrong.AssertNone(30_000);
    }

    static void Compare(JsonElement row, int first, CorpusStatistics corpus, Differences wrong, string at)
    {
        Dictionary<string, object> details = new(corpus.Metric.Details(corpus.Sums));
        wrong.Near(row[first].GetDouble(), corpus.Score, Tolerance, $"{at} score");
        wrong.Near(row[first + 1].Numbers(), (double[])details["counts"], 0, $"{at} counts");
        wrong.Near(row[first + 2].Numbers(), (double[])details["totals"], 0, $"{at} totals");
        wrong.Near(row[first + 3].Numbers(), (double[])details["precisions"], Tolerance, $"{at} precisions");
        wrong.Near(row[first + 4].GetDouble(), (double)details["bp"], Tolerance, $"{at} bp");
        wrong.Near(row[first + 5].GetDouble(), (double)details["sys_len"], 0, $"{at} sys_len");
        wrong.Near(row[first + 6].GetDouble(), (double)details["ref_len"], 0, $"{at} ref_len");
    }

    [Fact]
    public void The_formula_gives_sacreBLEUs_score_of_bare_counts_to_the_bit()
    {
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("bleu-stats"))
        {
            JsonElement options = c.GetProperty("options"), result = c.GetProperty("result"), value = options.GetProperty("smooth_value");
            double[] counts = c.GetProperty("correct").Numbers(), totals = c.GetProperty("total").Numbers(), precisions = new double[counts.Length];
            var smoothing = SmoothingChoice.Of(options.Text("smooth_method"), value.ValueKind == JsonValueKind.Null ? null : value.GetDouble());
            double score = BleuFormula.Score(
                counts, totals, c.GetProperty("sys_len").GetDouble(), c.GetProperty("ref_len").GetDouble(), smoothing, options.GetProperty("effective_order").GetBoolean(), precisions);
            double tolerance = OperatingSystem.IsLinux() ? 0 : Tolerance;
            wrong.Near(result[0].GetDouble(), score, tolerance, c.ToString());
            wrong.Near(result[1].Numbers(), counts, 0, c.ToString());
            wrong.Near(result[2].Numbers(), totals, 0, c.ToString());
            wrong.Near(result[3].Numbers(), precisions, tolerance, c.ToString());
        }
        foreach (JsonElement c in MetricFixtures.Cases("bleu-closest-length"))
        {
            int[] lengths = [.. c.GetProperty("ref_lens").EnumerateArray().Select(l => l.GetInt32())];
            wrong.Equal(c.GetProperty("closest").GetInt32(), BleuFormula.ClosestLength(c.GetProperty("hyp_len").GetInt32(), lengths), c.ToString());
        }
        wrong.AssertNone(1500);
    }

    [Fact]
    public void Nltk_sentence_and_corpus_scores_agree()
    {
        var wrong = new Differences();
        var all = new List<Answer>();
        JsonElement fixture = MetricFixtures.Load("nltk-bleu");
        (string Name, Dictionary<string, object?> Options)[] forms =
        [
            ("none", new() { ["method"] = 0 }), ("method0", new() { ["method"] = 0 }), ("method1", new() { ["method"] = 1 }), ("method2", new() { ["method"] = 2 }),
            ("method3", []), ("method4", new() { ["method"] = 4 }), ("method3-bleu2", new() { ["max_ngram_order"] = 2 }),
            ("none-auto_reweigh", new() { ["method"] = 0, ["auto_reweigh"] = true }),
        ];
        foreach (JsonElement c in fixture.GetProperty("cases").EnumerateArray())
        {
            // Tokens may be anything, white space included: ids stand for them.
            var ids = new Dictionary<string, int>();
            int[] Read(JsonElement tokens) => [.. tokens.Strings().Select(t => ids.TryGetValue(t, out int id) ? id : ids[t] = ids.Count)];
            int[][] references = [.. c.GetProperty("refs").EnumerateArray().Select(Read)];
            int[] answer = Read(c.GetProperty("hyp"));
            foreach ((string name, Dictionary<string, object?> options) in forms)
            {
                if (!c.TryGetProperty(name, out JsonElement expected) || expected.ValueKind == JsonValueKind.Object) continue;
                int orders = options.ContainsKey("max_ngram_order") ? 2 : 4;
                double score = new NltkBleu().Score(
                    answer, references, [.. Enumerable.Repeat(1.0 / orders, orders)], (NltkSmoothing)(options.GetValueOrDefault("method") as int? ?? 3), options.ContainsKey("auto_reweigh"));
                wrong.Near(expected.Number(), score, OperatingSystem.IsLinux() ? 0 : Tolerance, $"{c.Text("id")} {name}");
            }
        }
        wrong.AssertNone(1000);
    }
}
