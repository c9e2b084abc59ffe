using System.Text.Json;
using Juxta.Eval.Metrics;
using Juxta.Eval.Metrics.Questions;

namespace Juxta.EvalTests.Metrics;

public sealed class QuestionTests
{
    const double Tolerance = 1e-12;

    [Theory]
    [InlineData("squad", "exact-match", "f1", "exact_match", 500)]
    [InlineData("cmrc2018", "exact-match-zh", "f1-zh", "em", 600)]
    public void Exact_match_and_F1_are_the_official_scripts(string set, string exactMatch, string f1, string totalName, int atLeast)
    {
        var wrong = new Differences();
        JsonElement fixture = MetricFixtures.Load("qa-em-f1");
        IMetric em = MetricTable.Create(exactMatch), f = MetricTable.Create(f1);
        var answers = new List<Answer>();
        foreach (JsonElement c in fixture.GetProperty(set).EnumerateArray())
        {
            var answer = new Answer(c.Text("prediction"), c.GetProperty("golds").Strings());
            answers.Add(answer);
            if (set == "squad")
            {
                wrong.Equal(c.Text("normalized"), SquadMetric.Normalize(answer.Text), answer.Text);
            }
            else
            {
                wrong.Equal(c.Text("no_punct"), CmrcMetric.WithoutPunctuation(answer.Text), answer.Text);
                wrong.EqualTexts(c.GetProperty("segments").Strings(), CmrcMetric.Segments(answer.Text), answer.Text);
            }
            wrong.Near(c.GetProperty("exact_match").GetBoolean() ? 100 : 0, CorpusStatistics.Of(em, [answer]).Score, 0, $"{answer.Text} em");
            wrong.Near(100 * c.GetProperty("f1").GetDouble(), CorpusStatistics.Of(f, [answer]).Score, Tolerance, $"{answer.Text} f1");
        }
        JsonElement total = fixture.GetProperty($"{set}_total");
        wrong.Near(total.GetProperty(totalName).GetDouble(), CorpusStatistics.Of(em, answers).Score, Tolerance, "total em");
        wrong.Near(total.GetProperty("f1").GetDouble(), CorpusStatistics.Of(f, answers).Score, Tolerance, "total f1");
        wrong.AssertNone(atLeast);
    }
}
