using System.Text.Json;
using Juxta.Eval.Metrics;
using Juxta.Eval.Significance;

namespace Juxta.EvalTests.Significance;

public sealed class SignificanceTests
{
    [Fact]
    public void One_different_sample_of_many_is_no_evidence_where_ties_count()
    {
        // Sums over samples exchanged differ from the measured ones by their rounding only.
        string[] references = [.. Enumerable.Range(0, 120).Select(i => $"the cat number {i} sat on a mat of {i % 7} colours")];
        IMetric metric = MetricTable.Create("chrf");
        CorpusStatistics Of(string first) => CorpusStatistics.Of(metric, [.. references.Select((text, i) => new Answer(i == 0 ? first : text[4..], [text]))]);
        CorpusStatistics[] both = [Of("a cat"), Of("a dog")];
        Assert.Equal(1, PairedRandomisation.Test(both, 2000, tiesCount: true)[1].PValue);
        Assert.True(PairedRandomisation.Test(both, 2000)[1].PValue < 1, "sacreBLEU's count leaves ties out");
    }

    [Fact]
    public void Intervals_and_p_values_are_sacreBLEUs()
    {
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("significance"))
        {
            IMetric metric = Metric(c.Text("metric"), c.Text("signature"));
            int samples = c.GetProperty("n_samples").GetInt32();
            ulong seed = c.GetProperty("seed").GetUInt64();
            string test = c.Text("test"), at = $"{c.Text("corpus")} {c.Text("metric")} {test} {c.Text("promotion")}";
            // numpy 2 computes single-precision throughout; we follow numpy 1 and come as near as that allows.
            bool legacy = c.Text("promotion") == "legacy";
            double tolerance = !legacy ? 1e-4 : c.Text("metric").StartsWith("bleu", StringComparison.Ordinal) ? 1e-9 : 1e-6;
            if (test == "ci")
            {
                CorpusStatistics corpus = CorpusStatistics.Of(metric, MetricFixtures.Corpus(c.Text("corpus"), c.Text("system")));
                ConfidenceInterval interval = Bootstrap.Interval(corpus, samples, seed);
                wrong.Near(c.GetProperty("mean").GetDouble(), interval.Mean, tolerance, $"{at} mean");
                wrong.Near(c.GetProperty("ci").GetDouble(), interval.HalfWidth, tolerance, $"{at} ci");
                wrong.Near(c.GetProperty("first10").Numbers(), Bootstrap.Scores(corpus, 10, new Pcg64(seed)), tolerance, $"{at} resampled");
                wrong.Equal(c.Text("signature"), metric.Signature.Format(corpus.Run with { BootstrapSamples = samples, Seed = (long)seed }), at);
                if (legacy) wrong.Equal(c.Text("text"), metric.Describe(corpus.Sums, interval), at);
                continue;
            }
            JsonElement[] expected = [.. c.GetProperty("results").EnumerateArray()];
            CorpusStatistics[] systems = [.. expected.Select(r => CorpusStatistics.Of(metric, MetricFixtures.Corpus(c.Text("corpus"), r.Text("system"))))];
            int intervals = c.GetProperty("n_ar_confidence").GetInt32();
            if (intervals == 0) intervals = 1000;
            PairedResult[] results = test == "bs" ? PairedBootstrap.Test(systems, samples, seed) : PairedRandomisation.Test(systems, samples, seed, Math.Max(0, intervals));
            for (int k = 0; k < expected.Length; k++)
            {
                string system = $"{at} {expected[k].Text("system")}";
                wrong.Near(expected[k].GetProperty("score").GetDouble(), results[k].Score, tolerance, $"{system} score");
                if (expected[k].GetProperty("p_value").ValueKind == JsonValueKind.Number) wrong.Near(expected[k].GetProperty("p_value").GetDouble(), results[k].PValue!.Value, 0, $"{system} p");
                else wrong.Equal(null, results[k].PValue, system);
                if (expected[k].GetProperty("mean").ValueKind != JsonValueKind.Number) continue;
                wrong.Near(expected[k].GetProperty("mean").GetDouble(), results[k].Interval!.Value.Mean, tolerance, $"{system} mean");
                wrong.Near(expected[k].GetProperty("ci").GetDouble(), results[k].Interval!.Value.HalfWidth, tolerance, $"{system} ci");
            }
        }
        wrong.AssertNone(500);
    }

    static IMetric Metric(string name, string signature) => name switch
    {
        "bleu" => MetricTable.Create("bleu", new Dictionary<string, object?> { ["tokenize"] = signature.Contains("tok:zh", StringComparison.Ordinal) ? "zh" : "13a" }),
        "bleu-floor" => MetricTable.Create("bleu", new Dictionary<string, object?> { ["tokenize"] = "char", ["smooth_method"] = "floor", ["max_ngram_order"] = 3 }),
        "ter" when signature.Contains("asian:yes", StringComparison.Ordinal) => MetricTable.Create("ter", new Dictionary<string, object?> { ["normalized"] = true, ["asian_support"] = true }),
        _ => MetricTable.Create(name),
    };

    [Fact]
    public void Two_identical_systems_are_never_significantly_different()
    {
        IMetric metric = MetricTable.Create("bleu");
        Answer[] answers = [.. Enumerable.Range(0, 50).Select(i => new Answer($"the cat number {i} sat on the mat", [$"a cat number {i} sat on the mat"]))];
        CorpusStatistics[] systems = [CorpusStatistics.Of(metric, answers), CorpusStatistics.Of(metric, answers)];
        Assert.Equal(1, PairedBootstrap.Test(systems, 200)[1].PValue);
        Assert.Equal(1, PairedRandomisation.Test(systems, 200)[1].PValue);
    }
}
