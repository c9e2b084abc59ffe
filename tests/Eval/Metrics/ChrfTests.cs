using System.Text.Json;
using Juxta.Eval.Metrics;

namespace Juxta.EvalTests.Metrics;

public sealed class ChrfTests
{
    const double Tolerance = 1e-12;

    [Fact]
    public void Sentence_scores_names_and_signatures_are_sacreBLEUs()
    {
        var wrong = new Differences();
        Dictionary<string, Answer> pairs = MetricFixtures.Pairs(MetricFixtures.Load("pairs").GetProperty("pairs"));
        foreach (JsonElement c in MetricFixtures.Cases("chrf-sentence"))
        {
            IMetric metric = MetricTable.Create("chrf", c.GetProperty("options").Options());
            wrong.Equal(c.Text("name"), metric.Name, c.Text("name"));
            wrong.Equal(c.Text("signature"), metric.Signature.Format(new(1)), c.Text("name"));
            wrong.Equal(c.Text("short"), metric.Signature.FormatShort(new(1)), c.Text("name"));
            foreach (JsonElement row in c.GetProperty("rows").EnumerateArray())
                wrong.Near(row[1].GetDouble(), CorpusStatistics.Of(metric, [pairs[row[0].GetString()!]]).Score, Tolerance, $"{c.GetProperty("options")} {row[0]}");
        }
        wrong.AssertNone(2000);
    }

    [Theory]
    [InlineData(2, false, 73.85081555025465, "nrefs:var|case:mixed|eff:yes|nc:0|nw:2|space:no|version:2.6.0")] // printed by sacreBLEU 2.6.0
    [InlineData(1, true, 76.27118644067797, "nrefs:var|case:mixed|eff:no|nc:0|nw:1|space:no|version:2.6.0")]
    public void Words_alone_are_scored_where_no_characters_are_asked_for(long words, bool smoothed, double score, string signature)
    {
        IMetric metric = MetricTable.Create("chrf", new Dictionary<string, object?> { ["char_order"] = 0L, ["word_order"] = words, ["eps_smoothing"] = smoothed });
        CorpusStatistics corpus = CorpusStatistics.Of(metric, Answer.FromStreams(["the cat sat on a mat .", "It rained all day"], [["the cat is sitting on the mat.", "It rained all day long."], ["a cat sat on a mat", null]], true));
        Assert.Equal(score, corpus.Score, Tolerance * score);
        Assert.Equal(signature, metric.Signature.Format(corpus.Run));
    }

    [Fact]
    public void Corpus_scores_statistics_and_signatures_are_sacreBLEUs()
    {
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("chrf-corpus"))
        {
            string at = $"{c.Text("corpus")} {c.Text("system")} {c.GetProperty("options")}";
            IMetric metric = MetricTable.Create("chrf", c.GetProperty("options").Options());
            CorpusStatistics corpus = CorpusStatistics.Of(metric, MetricFixtures.Corpus(c.Text("corpus"), c.Text("system")));
            wrong.Near(c.GetProperty("score").GetDouble(), corpus.Score, Tolerance, at);
            wrong.Near(c.GetProperty("stats").Numbers(), corpus.Sums, 0, at);
            wrong.Equal(c.Text("signature"), metric.Signature.Format(corpus.Run), at);
            wrong.Equal(c.Text("text"), metric.Describe(corpus.Sums), at);
        }
        wrong.AssertNone(5000);
    }
}
