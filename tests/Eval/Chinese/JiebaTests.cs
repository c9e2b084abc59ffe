using System.Text.Json;
using Juxta.Eval.Chinese;
using Juxta.Eval.Metrics;

namespace Juxta.EvalTests.Chinese;

public sealed class JiebaTests
{
    [Fact]
    public void Words_are_jiebas_with_and_without_the_model()
    {
        JiebaFixture.Require();
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("jieba"))
        {
            string text = c.Text("text");
            wrong.EqualTexts(c.GetProperty("cut").Strings(), Jieba.Default.Cut(text), text);
            wrong.EqualTexts(c.GetProperty("no_hmm").Strings(), Jieba.Default.Cut(text, useModel: false), $"{text} (no model)");
        }
        wrong.AssertNone(1304);
    }

    [Fact]
    public void The_ChatGLM_row_is_the_scripts_digit_for_digit()
    {
        JiebaFixture.Require();
        var wrong = new Differences();
        string[] names = ["rouge-1", "rouge-2", "rouge-l", "bleu-4"];
        IMetric metric = MetricTable.Create("chatglm", new Dictionary<string, object?> { ["empty"] = "skip" });
        IMetric unsmoothed = MetricTable.Create("chatglm", new Dictionary<string, object?> { ["empty"] = "skip", ["smoothing"] = false });
        foreach (JsonElement c in MetricFixtures.Cases("chatglm-protocol"))
        {
            var answers = new List<Answer>();
            foreach (JsonElement row in c.GetProperty("rows").EnumerateArray())
            {
                var answer = new Answer(row.Text("pred"), [row.Text("label")]);
                double[] sums = CorpusStatistics.Of(metric, [answer]).Sums;
                if (row.TryGetProperty("error", out _))
                {
                    wrong.Equal(1d, sums[5], $"{answer.Text}: failed");
                    continue;
                }
                answers.Add(answer);
                wrong.EqualTexts(row.GetProperty("pred_words").Strings(), Jieba.Default.Cut(answer.Text), answer.Text);
                for (int k = 0; k < names.Length; k++) wrong.Near(row.GetProperty("row").GetProperty(names[k]).GetDouble(), sums[k], 0, $"{answer.Text} {names[k]}");
                wrong.Near(row.GetProperty("row_bleu4_no_smoothing").GetDouble(), CorpusStatistics.Of(unsmoothed, [answer]).Sums[3], 0, $"{answer.Text} unsmoothed");
            }
            CorpusStatistics corpus = CorpusStatistics.Of(metric, answers);
            Dictionary<string, object> details = new(metric.Details(corpus.Sums));
            foreach (string name in names) wrong.Near(c.GetProperty("summary").GetProperty(name).GetDouble(), (double)details[name], 0, $"{c.Text("set")} {name}");
            wrong.Equal(c.GetProperty("counted").GetDouble(), (double)details["counted"], c.Text("set"));
        }
        wrong.AssertNone(2500);
    }
}
