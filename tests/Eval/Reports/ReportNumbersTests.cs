using Juxta.Eval.Metrics;
using Juxta.Eval.Reports;
using Juxta.Eval.Significance;

namespace Juxta.EvalTests.Reports;

public sealed class ReportNumbersTests
{
    [Theory]
    [InlineData(12.345, 2, "12.35")] // the double is a little more than it seems
    [InlineData(-0.0001, 2, "0.00")]
    [InlineData(-3.5, 1, "−3.5")]
    [InlineData(999_999_999, 2, "999999999.00")]
    [InlineData(1e9, 2, "1e9")]
    [InlineData(1.2e12, 4, "1.2e12")]
    [InlineData(-123_456_789_012, 3, "−1.235e11")]
    [InlineData(double.PositiveInfinity, 2, "none")]
    public void A_score_has_the_digits_that_can_be_read(double score, int decimals, string text) => Assert.Equal(text, ReportNumbers.Score(score, decimals));

    [Fact]
    public void A_large_perplexity_is_short_wherever_it_stands()
    {
        IMetric perplexity = MetricTable.Create("perplexity");
        Assert.Equal("perplexity = 5.185e21 (μ = 5.185e21 ± 2.5e9)", perplexity.Describe([100, 2, 10], new ConfidenceInterval(Math.Exp(50), 2.5e9)));
        Assert.Equal("perplexity = 7.3891", perplexity.Describe([4, 2, 10]));
        Assert.Equal("+5.185e21", ReportNumbers.Signed(Math.Exp(50), 2));
    }

    [Fact]
    public void A_line_over_days_has_whole_days_and_their_dates_below_it()
    {
        string Drawn(params double[] days) => HtmlReport.Of(new ReportSection("days", "By day", [new LineChart("Rating", "day", "points", [new("<b>", 1, false, [.. days.Select(day => (day, 1000 + day))])], new DateOnly(2026, 11, 29))]));
        string two = Drawn(0, 1), many = Drawn(0, 3, 40);
        foreach (string date in (string[])["11-29<", "11-30<"]) Assert.Single(two.Split(date)[1..]); // once each: no half days
        Assert.Contains("12-09<", many);
        Assert.Contains("&lt;b&gt;", two);
        Assert.Contains(": points by day", two);
    }
}
