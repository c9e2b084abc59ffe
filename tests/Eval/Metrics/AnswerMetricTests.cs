using Juxta.Eval.Metrics;

namespace Juxta.EvalTests.Metrics;

/// <summary>Metrics of our own definition, by hand-computed cases.</summary>
public sealed class AnswerMetricTests
{
    static double Score(string metric, params Answer[] answers) => CorpusStatistics.Of(MetricTable.Create(metric), answers).Score;

    static Answer Text(string text, params string[] references) => new(text, references);

    [Fact]
    public void Length_ratio_counts_code_points_against_the_closest_reference()
    {
        Assert.Equal(0.5, Score("length-ratio", Text("😀你", "abcd", "abcdefghi")));
        Assert.Equal(1.25, Score("length-ratio", Text("abcde", "abcd"), Text("abcde", "abcd")));
        Assert.Equal(0, Score("length-ratio", Text("abc", "")));
    }

    [Fact]
    public void Distinct_n_counts_within_answers_and_splits_ideographs()
    {
        Assert.Equal(0.75, Score("distinct-1", Text("a b a c")));
        Assert.Equal(0.5, Score("distinct-1", Text("好好"), Text("天天")));
        Assert.Equal(2 / 3.0, Score("distinct-2", Text("a b a b")), 15);
        Assert.Equal(0, Score("distinct-3", Text("a b")));
    }

    [Fact]
    public void Repetition_is_the_share_of_n_grams_seen_before()
    {
        Assert.Equal(0, Score("repetition", Text("one two three four five six")));
        Assert.Equal(1 - 4 / 7.0, Score("repetition", Text("我是你他我是你他我是")), 12); // seven 4-grams, four different
        Assert.Equal(0, Score("repetition", Text("short")));
    }

    [Fact]
    public void Did_not_stop_counts_cut_answers_and_leaves_cancelled_ones_out()
    {
        Answer[] answers = [.. ((string[])["eos:2", "stop:</s>", "stop_id:7", "length", "repetition", "cancelled", "error"]).Select(o => Text("") with { Outcome = o })];
        Assert.Equal(0.4, Score("did-not-stop", answers));
        Assert.Contains("how each answer ended", Assert.Throws<MetricException>(() => Score("did-not-stop", Text("x"))).Message);
    }

    [Fact]
    public void Losses_are_of_sums_and_not_means_of_means()
    {
        Answer[] answers = [Text("") with { Loss = new TokenLoss(10, 5, 20) }, Text("") with { Loss = new TokenLoss(2, 15, 60) }];
        Assert.Equal(0.6, Score("loss", answers), 15);
        Assert.Equal(Math.Exp(0.6), Score("perplexity", answers), 12);
        Assert.Equal(12 / Math.Log(2) / 80, Score("bits-per-byte", answers), 15);
        Assert.Contains("juxta score", Assert.Throws<MetricException>(() => Score("loss", Text("x"))).Message);
    }

    [Fact]
    public void Clipped_Chinese_rouge_does_not_reward_repetition_and_the_set_based_row_does()
    {
        Chinese.JiebaFixture.Require();
        Answer once = Text("衣服很好看", "衣服很好看"), again = Text(string.Concat(Enumerable.Repeat("衣服很好看", 10)), "衣服很好看");
        Assert.Equal(1, Score("rouge-zh-1", once));
        Assert.Equal(2 * 0.1 / 1.1, Score("rouge-zh-1", again), 12);
        Assert.Equal(2 * 0.1 / 1.1, Score("rouge-zh-L", again), 12);
        double Row(Answer answer) => (double)new Dictionary<string, object>(MetricTable.Create("chatglm").Details(CorpusStatistics.Of(MetricTable.Create("chatglm"), [answer]).Sums))["rouge-1"];
        Assert.Equal(Row(once), Row(again));
    }

    [Fact]
    public void An_empty_answer_counts_0_in_the_ChatGLM_row_and_is_told()
    {
        Chinese.JiebaFixture.Require();
        CorpusStatistics corpus = CorpusStatistics.Of(MetricTable.Create("chatglm"), [Text("你好", "你好"), Text("", "你好")]);
        Dictionary<string, object> details = new(corpus.Metric.Details(corpus.Sums));
        Assert.Equal(1d, details["failed"]);
        Assert.Equal(corpus.ScoreOf(0) / 2, corpus.Score);
    }
}
