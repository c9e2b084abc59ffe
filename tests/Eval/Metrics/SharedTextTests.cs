using Juxta.Eval.Metrics;
using Juxta.EvalTests.Chinese;

namespace Juxta.EvalTests.Metrics;

/// <summary>Metrics that measure the same answers together read a text once; that must not show in any number.</summary>
public sealed class SharedTextTests
{
    static readonly string[] Names = ["rouge1", "rougeL", "bleu", "rougeLsum", "rouge2", "rouge-zh-1", "rouge-zh-2", "rouge-zh-L", "chrf"];

    /// <summary>Of one line and of several, with one reference and with several, empty ones too; more than are counted on one processor.</summary>
    static Answer[] Answers() =>
    [
        .. Enumerable.Range(0, 700).Select(i => new Answer(
            i % 7 == 0 ? "" : $"The cats were {i % 13} running\nacross 中国的{i % 5}条路 {i}",
            [$"The cat is {i % 11} running\n\nacross 中国的路 {i % 3}", .. i % 3 == 0 ? (string[])[$"cats ran {i}", ""] : []])),
    ];

    [Fact]
    public void Measured_together_they_are_what_each_is_alone()
    {
        JiebaFixture.Require();
        IMetric[] metrics =
        [
            .. Names.Select(name => MetricTable.Create(name)),
            MetricTable.Create("rougeL", new Dictionary<string, object?> { ["use_stemmer"] = true }), MetricTable.Create("rouge-zh-2", new Dictionary<string, object?> { ["tokens"] = "char" }),
        ];
        Answer[] answers = Answers();
        CorpusStatistics[] together = CorpusStatistics.Of(metrics, answers);
        for (int k = 0; k < metrics.Length; k++)
        {
            // Copies are other answers with the same texts: nothing that was read can be found again.
            CorpusStatistics alone = CorpusStatistics.Of(metrics[k], [.. answers.Select(answer => answer with { })]);
            Assert.Equal(alone.Sums, together[k].Sums);
            for (int i = 0; i < answers.Length; i++) Assert.True(alone.Row(i).SequenceEqual(together[k].Row(i)), $"{metrics[k].Name}, answer {i}");
            Assert.True(together[k].Score > 0, metrics[k].Name);
        }
    }

    [Fact]
    public void An_answer_that_one_of_them_cannot_take_is_told_by_that_metric()
    {
        var error = Assert.Throws<MetricException>(() => CorpusStatistics.Of([MetricTable.Create("distinct-1"), MetricTable.Create("rouge1")], [new Answer("a", []), new Answer("b", ["b"])]));
        Assert.Equal("rouge1: answer 1 of 2 has no reference", error.Message);
    }
}
