using System.Text.Json;
using Juxta.Eval.Metrics;
using Juxta.Eval.Metrics.Rouge;
using Juxta.Eval.Significance;
using Juxta.Eval.Text;

namespace Juxta.EvalTests.Metrics;

public sealed class RougeTests
{
    const double Tolerance = 1e-12;

    [Fact]
    public void Scores_of_pairs_and_of_several_references_are_rouge_scores()
    {
        var wrong = new Differences();
        JsonElement fixture = MetricFixtures.Load("rouge-score");
        string[] types = fixture.GetProperty("types").Strings();
        var pairs = fixture.GetProperty("pairs").EnumerateArray().ToDictionary(p => p.Text("id"));
        foreach (JsonElement c in fixture.GetProperty("cases").EnumerateArray())
        {
            if (c.Text("kind") is not ("score" or "score_multi") ) continue;
            var options = new Dictionary<string, object?> { ["use_stemmer"] = c.GetProperty("use_stemmer").GetBoolean() };
            for (int t = 0; t < types.Length; t++)
            {
                IMetric metric = MetricTable.Create(types[t], options);
                foreach (JsonElement row in c.GetProperty("rows").EnumerateArray())
                {
                    JsonElement pair = pairs[row[0].GetString()!];
                    string[] references = c.Text("kind") == "score" ? [pair.Text("ref")] : pair.GetProperty("refs").Strings();
                    double[] sums = CorpusStatistics.Of(metric, [new Answer(pair.Text("hyp"), references)]).Sums;
                    wrong.Near(row[t + 1].Numbers(), sums[..3], Tolerance, $"{c.Text("kind")} {types[t]} {row[0]} stemmer {options["use_stemmer"]}");
                }
            }
        }
        wrong.AssertNone(12_000);
    }

    [Fact]
    public void The_bootstrap_aggregator_gives_rouge_scores_percentiles()
    {
        var wrong = new Differences();
        JsonElement fixture = MetricFixtures.Load("rouge-score");
        var pairs = fixture.GetProperty("pairs").EnumerateArray().ToDictionary(p => p.Text("id"));
        foreach (JsonElement c in fixture.GetProperty("cases").EnumerateArray().Where(c => c.Text("kind") == "aggregate"))
        {
            var options = new Dictionary<string, object?> { ["use_stemmer"] = c.GetProperty("use_stemmer").GetBoolean() };
            var aggregator = new BootstrapAggregator(c.GetProperty("seed").GetUInt32(), c.GetProperty("n_samples").GetInt32(), c.GetProperty("confidence_interval").GetDouble());
            foreach (string type in c.GetProperty("order").Strings())
            {
                IMetric metric = MetricTable.Create(type, options);
                double[][] rows = [.. c.GetProperty("pair_ids").Strings().Select(id => CorpusStatistics.Of(metric, [new Answer(pairs[id].Text("hyp"), [pairs[id].Text("ref")])]).Sums[..3])];
                var columns = aggregator.Aggregate(rows);
                JsonElement expected = c.GetProperty("expected").GetProperty(type);
                wrong.Near(expected.GetProperty("low").Numbers(), [.. columns.Select(x => x.Low)], Tolerance, $"{type} low");
                wrong.Near(expected.GetProperty("mid").Numbers(), [.. columns.Select(x => x.Mid)], Tolerance, $"{type} mid");
                wrong.Near(expected.GetProperty("high").Numbers(), [.. columns.Select(x => x.High)], Tolerance, $"{type} high");
            }
        }
        wrong.AssertNone(100);
    }

    [Fact]
    public void Tokens_and_stems_are_rouge_scores()
    {
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("rouge-score").Where(c => c.Text("kind") == "tokenize"))
        {
            foreach (JsonElement row in c.GetProperty("rows").EnumerateArray())
            {
                foreach (bool stem in (bool[])[false, true])
                {
                    // Equal tokens get equal ids, so the text's ids must be those of its expected tokens given one by one.
                    string[] expected = row[stem ? 2 : 1].Strings();
                    var tokens = new RougeTokens(stem);
                    tokens.Clear();
                    var found = new IdList();
                    tokens.Read(row[0].GetString(), found);
                    var plain = new RougeTokens(stem: false);
                    plain.Clear();
                    var ids = new IdList();
                    plain.Read(string.Join(' ', expected), ids);
                    wrong.Equal(string.Join(',', ids.Span.ToArray()), string.Join(',', found.Span.ToArray()), $"{row[0]} stem {stem}");
                }
            }
        }
        foreach (JsonElement c in MetricFixtures.Cases("porter")) wrong.Equal(c[1].GetString(), PorterStemmer.Stem(c[0].GetString()), c[0].GetString()!);
        wrong.AssertNone(2600);
    }

    [Theory]
    [InlineData("rouge-pltrdy", false)]
    [InlineData("rouge-chinese", true)]
    public void Set_based_scores_are_the_packages(string name, bool chinese)
    {
        var wrong = new Differences();
        var texts = new Dictionary<string, Answer>();
        foreach (JsonElement c in MetricFixtures.Cases(name))
        {
            bool exclusive = c.GetProperty("exclusive").GetBoolean();
            if (c.Text("kind") == "get_scores")
            {
                var rouge = new SetRouge(chinese, exclusive);
                foreach (JsonElement row in c.GetProperty("rows").EnumerateArray())
                {
                    string at = $"{row[0]} exclusive {exclusive}";
                    texts[row[0].GetString()!] = new Answer(row[1].GetString()!, [row[2].GetString()!]);
                    bool failed = row[3].TryGetProperty("error", out _);
                    wrong.Equal(!failed, rouge.Read(row[1].GetString()!, row[2].GetString()!), at);
                    if (failed) continue;
                    foreach (JsonProperty type in row[3].EnumerateObject())
                    {
                        RougeValue value = rouge.Compare(type.Name == "rouge-l" ? 0 : type.Name[^1] - '0');
                        wrong.Near(type.Value.Numbers(), [value.Recall, value.Precision, value.F], Tolerance, $"{at} {type.Name}");
                    }
                }
                continue;
            }
            Answer[] answers = [.. c.GetProperty("ids").Strings().Select(id => texts[id])];
            foreach (JsonProperty type in c.GetProperty("expected").EnumerateObject())
            {
                IMetric metric = MetricTable.Create(name, new Dictionary<string, object?> { ["type"] = type.Name, ["exclusive"] = exclusive });
                Dictionary<string, object> details = new(metric.Details(CorpusStatistics.Of(metric, answers).Sums));
                wrong.Near(type.Value.Numbers(), [(double)details["r"], (double)details["p"], (double)details["f"]], Tolerance, $"average {type.Name}");
            }
        }
        wrong.AssertNone(6000);
    }
}
