using Juxta.Eval.Metrics;
using Juxta.Eval.Significance;
using Juxta.EvalTests.Chinese;
using Juxta.Examples;

namespace Juxta.EvalTests.Metrics;

public sealed class MetricTableTests
{
    [Fact]
    public void Every_metric_has_a_line_in_the_table()
    {
        JiebaFixture.Require();
        HashSet<Type> listed = [.. MetricTable.All.Select(entry => MetricTable.Create(entry.Name).GetType())];
        string[] missing = [.. typeof(IMetric).Assembly.GetTypes().Where(t => t.IsClass && t.IsAssignableTo(typeof(IMetric)) && !listed.Contains(t)).Select(t => t.Name)];
        Assert.True(missing.Length == 0, $"MetricTable.All lacks a line for {string.Join(", ", missing)}");
    }

    [Fact]
    public void Every_metric_of_the_table_is_in_the_documentation()
    {
        string page = File.ReadAllText(Path.Combine(Juxta.Tests.Fixtures.Repository, "docs", "metrics.md"));
        string[] missing = [.. MetricTable.All.Select(e => e.Name).Where(name => !page.Contains($"`{name}`", StringComparison.Ordinal))];
        Assert.True(missing.Length <= 3 && missing.All(m => m is "rouge2" or "rouge-zh-2" or "distinct-2"), $"docs/metrics.md lacks {string.Join(", ", missing)}");
    }

    [Theory]
    [InlineData("rouge-l", "rougeL")]
    [InlineData("ROUGE_Lsum", "rougeLsum")]
    [InlineData("rouge7", "rouge7")]
    [InlineData("chrF++", "chrF2++")]
    [InlineData("Distinct-3", "distinct-3")]
    [InlineData("ppl", "perplexity")]
    public void Names_are_found_however_they_are_spelled(string asked, string name) => Assert.Equal(name, MetricTable.Create(asked).Name);

    [Fact]
    public void An_added_metric_gets_scores_intervals_and_paired_tests_for_nothing()
    {
        var metric = new KeywordMetric(new MetricOptions("keywords", KeywordMetric.Options, new Dictionary<string, object?> { ["ignore_case"] = true }));
        CorpusStatistics Measure(Func<int, string> text) => CorpusStatistics.Of(metric, [.. Enumerable.Range(0, 40).Select(i => new Answer(text(i), ["alpha", "beta"]))]);
        CorpusStatistics half = Measure(i => i % 2 == 0 ? "Alpha and beta" : "nothing"), all = Measure(_ => "ALPHA BETA");
        Assert.Equal(0.5, half.Score);
        Assert.Equal("nrefs:2|case:lc|version:example-1", metric.Signature.Format(half.Run));
        Assert.InRange(Bootstrap.Interval(half).HalfWidth, 0.05, 0.3);
        Assert.InRange(PairedBootstrap.Test([half, all])[1].PValue!.Value, 0, 0.01);
    }

    [Fact]
    public void What_an_option_cannot_be_is_said()
    {
        MetricException Refused(string metric, string option, object value) =>
            Assert.Throws<MetricException>(() => MetricTable.Create(metric, new Dictionary<string, object?> { [option] = value }));
        Assert.Contains("expected a whole number", Refused("chrf", "char_order", "six").Message);
        Assert.Contains("a whole number from 0 to 64", Refused("chrf", "char_order", -1).Message);
        Assert.Contains("are both 0", Refused("chrf", "char_order", 0).Message);
        Assert.Contains("expected a number", Refused("bleu", "smooth_value", double.NaN).Message);
        Assert.Contains("expected one of exp", Refused("bleu", "smooth_method", "exponential").Message);
        Assert.Contains("expected a text", Refused("bleu", "tokenize", 13).Message);
        Assert.Contains("0 or more", Refused("chrf", "beta", -1).Message);
        Assert.Contains("it has none", Refused("f1", "lowercase", true).Message);
    }
}
