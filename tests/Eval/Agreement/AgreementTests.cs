using System.Text.Json;
using Juxta.Eval.Agreement;
using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;

namespace Juxta.EvalTests.Agreement;

public sealed class AgreementTests
{
    const double Tolerance = 1e-12;

    [Fact]
    public void Kappas_and_alpha_are_the_reference_programs()
    {
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("agreement"))
        {
            int?[][] ratings = [.. c.GetProperty("ratings").EnumerateArray().Select(r => r.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? (int?)null : v.GetInt32()).ToArray())];
            int categories = c.GetProperty("categories").GetArrayLength();
            string id = c.Text("id");
            // Sums that nearly cancel: relative to the scale of kappa and not to a value near 0.
            void Near(string name, double found) => wrong.Near(1 + c.GetProperty(name).Number(), 1 + found, Tolerance, $"{id} {name}");
            Near("krippendorff_nominal", KrippendorffAlpha.Of(ratings, categories, Measurement.Nominal));
            Near("krippendorff_ordinal", KrippendorffAlpha.Of(ratings, categories, Measurement.Ordinal));
            Near("krippendorff_interval", KrippendorffAlpha.Of(ratings, categories, Measurement.Interval));
            if (c.TryGetProperty("fleiss", out _))
            {
                int[][] counts = [.. Enumerable.Range(0, ratings[0].Length).Select(i => Enumerable.Range(0, categories).Select(k => ratings.Count(r => r[i] == k)).ToArray())];
                Near("fleiss", FleissKappa.Of(counts));
                Near("randolph", FleissKappa.Randolph(counts));
                Near("observed_agreement", FleissKappa.Observed(counts));
            }
            if (!c.TryGetProperty("cohen_None", out _)) continue;
            double[,] confusion = CohenKappa.Confusion([.. ratings[0].Select(v => v!.Value)], [.. ratings[1].Select(v => v!.Value)], categories);
            Near("cohen_None", CohenKappa.Of(confusion));
            Near("cohen_linear", CohenKappa.Of(confusion, KappaWeights.Linear));
            Near("cohen_quadratic", CohenKappa.Of(confusion, KappaWeights.Quadratic));
            Near("cohen_se", CohenKappa.StandardError(confusion));
        }
        wrong.AssertNone(250);
    }

    [Fact]
    public void Votes_agree_as_FastChat_counts_them()
    {
        static Verdict Read(string vote) => vote switch { "model_a" => Verdict.A, "model_b" => Verdict.B, "tie" => Verdict.Tie, _ => Verdict.BothBad };
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("agreement", "votes"))
        {
            var items = c.GetProperty("votes").EnumerateArray().Select(i => ((IReadOnlyList<Verdict>)[.. i[0].Strings().Select(Read)], Read(i[1].GetString()!))).ToArray();
            foreach (bool ties in (bool[])[true, false])
            {
                string name = ties ? "with_ties" : "no_ties";
                VoteAgreement among = VoteAgreement.Among(items.Select(i => i.Item1), ties), judge = VoteAgreement.WithJudge(items, ties);
                wrong.Equal(c.GetProperty($"human_human_{name}").ToString(), $"[{among.Agreeing},{among.Pairs}]", $"{c.Text("id")} human {name}");
                wrong.Equal(c.GetProperty($"judge_human_{name}").ToString(), $"[{judge.Agreeing},{judge.Pairs}]", $"{c.Text("id")} judge {name}");
            }
        }
        wrong.AssertNone(40);
    }

    [Fact]
    public void Unequal_numbers_of_ratings_are_refused_with_the_alternative()
    {
        Assert.Contains("Krippendorff", Assert.Throws<ArgumentException>(() => FleissKappa.Of([[2, 0], [1, 0]])).Message);
        Assert.Contains("two or more", Assert.Throws<ArgumentException>(() => FleissKappa.Of([[1, 0], [1, 0]])).Message);
        Assert.True(double.IsNaN(CohenKappa.Of(CohenKappa.Confusion([1, 1], [1, 1], 2))));
    }

    [Fact]
    public void A_report_takes_items_that_two_people_judged()
    {
        static Vote By(string item, string annotator, Verdict verdict) => new("x", "y", verdict) { Item = item, Annotator = annotator };
        Vote[] votes =
        [
            .. Enumerable.Range(0, 20).SelectMany(i => (Vote[])[By($"{i}", "p", i % 2 == 0 ? Verdict.A : Verdict.B), By($"{i}", "q", i % 2 == 0 ^ i % 10 == 0 ? Verdict.A : Verdict.B).Swapped()]),
            By("0", "r", Verdict.Tie), By("alone", "p", Verdict.A),
        ];
        AgreementReport report = AgreementReport.Of(votes, samples: 100);
        Assert.Equal((20, 41, 2), (report.Items, report.Votes, report.Raters));
        Assert.Equal(18.0 / 22, report.WithTies.Value, 12);
        Assert.Equal(18.0 / 20, report.WithoutTies.Value, 12);
        PairKappa pq = Assert.Single(report.Pairs); // p and r share one item only
        Assert.Equal(("p", "q", 20), (pq.First, pq.Second, pq.Items));
        Assert.InRange(pq.Kappa.Value, pq.Kappa.Low, pq.Kappa.High);
        Assert.True(report.Ordinal.Value > report.Nominal.Value - 0.2);
        Assert.Contains("two or more people", Assert.Throws<VoteException>(() => AgreementReport.Of([By("1", "p", Verdict.A)])).Message);
        Assert.Contains("'fluent'", Assert.Throws<VoteException>(() => AgreementReport.Of(votes, "fluent")).Message);
    }
}
