using System.Text.Json;
using Juxta.Eval.Metrics;

namespace Juxta.EvalTests.Metrics;

public sealed class TerTests
{
    const double Tolerance = 1e-12;

    [Fact]
    public void Sentence_scores_edits_and_signatures_are_sacreBLEUs()
    {
        var wrong = new Differences();
        JsonElement fixture = MetricFixtures.Load("ter-sentence");
        Dictionary<string, Answer> pairs = MetricFixtures.Pairs(MetricFixtures.Load("pairs").GetProperty("pairs")), stress = MetricFixtures.Pairs(fixture.GetProperty("stress"));
        foreach (JsonElement c in fixture.GetProperty("cases").EnumerateArray())
        {
            IMetric metric = MetricTable.Create("ter", c.GetProperty("options").Options());
            bool stressed = c.TryGetProperty("pairs", out _);
            if (!stressed)
            {
                wrong.Equal(c.Text("signature"), metric.Signature.Format(new(1)), "signature");
                wrong.Equal(c.Text("short"), metric.Signature.FormatShort(new(1)), "short signature");
            }
            foreach (JsonElement row in c.GetProperty("rows").EnumerateArray())
            {
                CorpusStatistics corpus = CorpusStatistics.Of(metric, [(stressed ? stress : pairs)[row[0].GetString()!]]);
                string at = $"{c.GetProperty("options")} {row[0]}";
                wrong.Near(row[1].GetDouble(), corpus.Score, Tolerance, $"{at} score");
                wrong.Near(row[2].GetDouble(), corpus.Sums[0], 0, $"{at} edits");
                wrong.Near(row[3].GetDouble(), corpus.Sums[1], Tolerance, $"{at} reference length");
            }
        }
        wrong.AssertNone(6000);
    }

    [Fact]
    public void Corpus_scores_are_sacreBLEUs()
    {
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("ter-corpus"))
        {
            string at = $"{c.Text("corpus")} {c.Text("system")} {c.GetProperty("options")}";
            IMetric metric = MetricTable.Create("ter", c.GetProperty("options").Options());
            CorpusStatistics corpus = CorpusStatistics.Of(metric, MetricFixtures.Corpus(c.Text("corpus"), c.Text("system")));
            wrong.Near(c.GetProperty("score").GetDouble(), corpus.Score, Tolerance, at);
            wrong.Near(c.GetProperty("num_edits").GetDouble(), corpus.Sums[0], 0, at);
            wrong.Near(c.GetProperty("ref_length").GetDouble(), corpus.Sums[1], Tolerance, at);
            wrong.Equal(c.Text("signature"), metric.Signature.Format(corpus.Run), at);
            wrong.Equal(c.Text("text"), metric.Describe(corpus.Sums), at);
        }
        wrong.AssertNone(600);
    }
}
