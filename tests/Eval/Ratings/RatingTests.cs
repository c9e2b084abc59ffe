using System.Text.Json;
using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;

namespace Juxta.EvalTests.Ratings;

public sealed class RatingTests
{
    const string Anchor = "mixtral-8x7b-instruct-v0.1";

    static Verdict Read(string winner) => winner switch { "model_a" => Verdict.A, "model_b" => Verdict.B, "tie" => Verdict.Tie, _ => Verdict.BothBad };

    static Battle[] Battles(JsonElement c) =>
        [.. c.GetProperty("battles").EnumerateArray().Select(b => new Battle(b[0].GetString()!, b[1].GetString()!, Read(b[2].GetString()!), b[4].ToString(), b[3].GetString()))];

    [Fact]
    public void Elo_and_its_bootstrap_are_FastChats()
    {
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("ratings"))
        {
            Battle[] battles = Battles(c);
            foreach (JsonElement setting in c.GetProperty("elo").EnumerateArray())
            {
                var elo = new Elo(setting.GetProperty("k").GetDouble(), setting.GetProperty("base").GetDouble(), setting.GetProperty("scale").GetDouble(), setting.GetProperty("init").GetDouble());
                Dictionary<string, double> ratings = elo.Rate(battles);
                foreach (JsonProperty expected in setting.GetProperty("ratings").EnumerateObject()) wrong.Near(expected.Value.GetDouble(), ratings[expected.Name], 1e-12, $"{c.Text("name")} {expected.Name}");
            }
            JsonElement bootstrap = c.GetProperty("elo_bootstrap");
            var intervals = new Elo().Bootstrap(battles, bootstrap.GetProperty("rounds").GetInt32(), bootstrap.GetProperty("seed").GetUInt32());
            foreach (JsonProperty expected in bootstrap.GetProperty("quantiles").EnumerateObject())
            {
                (double low, double median, double high) = intervals[expected.Name];
                wrong.Near(expected.Value.Numbers(), [low, median, high], 1e-12, $"{c.Text("name")} {expected.Name} bootstrap");
            }
        }
        wrong.AssertNone(200);
    }

    [Fact]
    public void Bradley_Terry_is_the_exact_maximum_with_Wald_errors_and_says_where_there_is_none()
    {
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("ratings"))
        {
            BradleyTerry fit = BradleyTerry.Fit(Battles(c), (Anchor, 1114));
            JsonElement exact = c.GetProperty("bt_exact");
            if (exact.ValueKind == JsonValueKind.Null)
            {
                wrong.Equal(true, fit.Unbounded is not null, c.Text("name"));
                continue;
            }
            wrong.Equal(null, fit.Unbounded, c.Text("name"));
            foreach (Rating rating in fit.Ratings)
            {
                string at = $"{c.Text("name")} {rating.Model}";
                wrong.Near(exact.GetProperty(rating.Model).GetDouble(), rating.Value, 1e-9, at);
                wrong.Near(c.GetProperty("bt_exact_se_centered").GetProperty(rating.Model).GetDouble(), rating.StandardError, 1e-6, $"{at} error");
                wrong.Equal(true, Math.Abs(c.GetProperty("bt_fastchat").GetProperty(rating.Model).GetDouble() - rating.Value) < 0.01, $"{at} FastChat");
            }
        }
        wrong.AssertNone(100);
    }

    [Fact]
    public void Reasons_name_the_models()
    {
        BradleyTerry unbeaten = BradleyTerry.Fit([new("a", "b", Verdict.A), new("b", "c", Verdict.Tie), new("c", "a", Verdict.B)]);
        Assert.Contains("a never lost or tied", BradleyTerry.Fit([new("b", "a", Verdict.B), new("b", "c", Verdict.Tie)]).Unbounded);
        Assert.Contains("never won or tied", unbeaten.Unbounded);
        Assert.Contains("no chain of votes links c and a", BradleyTerry.Fit([new("a", "b", Verdict.Tie), new("c", "d", Verdict.Tie)]).Unbounded);
        Assert.Contains("fewer than two", BradleyTerry.Fit([]).Unbounded);
    }

    [Fact]
    public void Win_rates_and_the_pairwise_matrix_are_FastChats()
    {
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("ratings"))
        {
            Battle[] battles = Battles(c);
            foreach (JsonProperty expected in c.GetProperty("win_rates").EnumerateObject())
            {
                WinRate rate = WinRate.Of(battles, expected.Name);
                wrong.Equal(expected.Value.GetProperty("win").GetInt32(), rate.Wins, expected.Name);
                wrong.Equal(expected.Value.GetProperty("loss").GetInt32(), rate.Losses, expected.Name);
                wrong.Equal(expected.Value.GetProperty("tie").GetInt32(), rate.Ties, expected.Name);
                wrong.Near(expected.Value.GetProperty("win_rate").GetDouble(), rate.Rate, 1e-12, expected.Name);
                wrong.Near(expected.Value.GetProperty("loss_rate").GetDouble(), rate.LossRate, 1e-12, expected.Name);
                wrong.Near(expected.Value.GetProperty("win_rate_adjusted").GetDouble(), rate.Adjusted, 1e-12, expected.Name);
            }
            foreach (JsonProperty pair in c.GetProperty("pair_stats").EnumerateObject())
            {
                string[] models = pair.Name.Split('|');
                WinRate rate = WinRate.Of(battles, models[0], models[1]);
                wrong.Equal((pair.Value.GetProperty("win").GetInt32(), pair.Value.GetProperty("loss").GetInt32(), pair.Value.GetProperty("tie").GetInt32()), (rate.Wins, rate.Losses, rate.Ties), pair.Name);
            }
        }
        wrong.AssertNone(200);
    }

    [Fact]
    public void The_whole_matrix_and_its_averages_are_FastChats()
    {
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("ratings"))
        {
            JsonElement expected = c.GetProperty("pairwise_win_fraction_no_ties");
            string[] order = expected.GetProperty("order").Strings();
            PairwiseMatrix matrix = PairwiseMatrix.Of(Battles(c), order);
            for (int i = 0; i < order.Length; i++)
            {
                // Theirs is NaN also for a pair that met, if one of the two never stood first, or second, in a win: a gap in a pivot table.
                double[] row = expected.GetProperty("matrix")[i].Numbers();
                int met = 0;
                for (int j = 0; j < order.Length; j++)
                {
                    if (!double.IsNaN(row[j])) wrong.Near(row[j], matrix[i, j].OfDecided, 1e-12, $"{c.Text("name")} {order[i]} against {order[j]}");
                    if (!double.IsNaN(matrix[i, j].OfDecided)) met++;
                }
                if (met == row.Count(share => !double.IsNaN(share))) wrong.Near(expected.GetProperty("average").GetProperty(order[i]).Number(), matrix.AverageOfDecided(i), 1e-12, $"{c.Text("name")} {order[i]} average");
            }
        }
        wrong.AssertNone(150);
    }

    [Fact]
    public void Resampling_votes_gives_intervals_as_wide_as_FastChats()
    {
        // Theirs are of 100 rounds of other draws: ends within 15 % of the width, or a quarter where that is what a hundred rounds vary by.
        var wrong = new Differences();
        foreach (JsonElement c in MetricFixtures.Cases("ratings").Where(c => c.GetProperty("battles").GetArrayLength() >= 200 && c.GetProperty("bt_exact").ValueKind != JsonValueKind.Null && c.Text("name") != "anchored"))
        {
            foreach (RatingInterval found in RatingBootstrap.Intervals(Battles(c), 1000, 1, out _, ResampledUnit.Votes))
            {
                double[] expected = c.GetProperty("bt_bootstrap").GetProperty("quantiles_exact_fit").GetProperty(found.Model).Numbers();
                double width = expected[2] - expected[0];
                wrong.Equal(true, Math.Abs(found.Low - expected[0]) < 0.25 * width && Math.Abs(found.High - expected[2]) < 0.25 * width, $"{c.Text("name")} {found} against {string.Join(' ', expected)}");
                wrong.Equal(true, Math.Abs(found.Median - expected[1]) < 0.15 * width, $"{c.Text("name")} {found} median");
            }
        }
        wrong.AssertNone(40);
    }

    [Fact]
    public void One_of_a_kind_cannot_be_resampled()
    {
        Battle[] battles = [new("a", "b", Verdict.A, "1", "p"), new("a", "b", Verdict.B, "1", "p")];
        Assert.True(double.IsNaN(RatingBootstrap.Intervals(battles, 10, 1, out int unbounded, ResampledUnit.Annotators)[0].Low));
        Assert.True(double.IsNaN(RatingBootstrap.Intervals(battles, 10, 1, out _)[0].High));
        Assert.Equal(0, unbounded);
        Assert.False(double.IsNaN(RatingBootstrap.Intervals(battles, 50, 1, out _, ResampledUnit.Votes)[0].Low));
    }

    [Fact]
    public void Each_day_is_rated_by_all_votes_until_then()
    {
        static Vote At(string time, Verdict? verdict) => new("a", "b", verdict) { Time = DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture) };
        IReadOnlyList<RatingDay> days = RatingDay.History([At("2026-11-02T01:00:00Z", Verdict.B), At("2026-11-01T23:59:00Z", Verdict.A), At("2026-11-02T00:30:00+02:00", Verdict.A), At("2026-11-02T02:00:00Z", Verdict.B), At("2026-11-05T02:00:00Z", null)]);
        Assert.Equal([(new DateOnly(2026, 11, 1), 2), (new DateOnly(2026, 11, 2), 4)], days.Select(d => (d.Day, d.Votes)));
        Assert.Contains("b never won", days[0].Fit.Unbounded);
        Assert.Equal(1000, days[1].Fit.Ratings[0].Value, 9);
        Assert.Contains("vote 2 has no 'time'", Assert.Throws<VoteException>(() => RatingDay.History([At("2026-11-01T23:59:00Z", Verdict.A), new("a", "b", Verdict.A)])).Message);
    }

    [Fact]
    public void Swapping_the_sides_of_every_vote_and_shuffling_them_changes_nothing()
    {
        Battle[] battles = Battles(MetricFixtures.Cases("ratings").First(c => c.Text("name") == "six-400"));
        Battle[] swapped = [.. battles.Select(b => b with { A = b.B, B = b.A, Verdict = b.Verdict switch { Verdict.A => Verdict.B, Verdict.B => Verdict.A, var tie => tie } })];
        Battle[] shuffled = [.. battles.Reverse()];
        Dictionary<string, Rating> fit = BradleyTerry.Fit(battles).Ratings.ToDictionary(r => r.Model);
        foreach (Rating rating in BradleyTerry.Fit(swapped).Ratings.Concat(BradleyTerry.Fit(shuffled).Ratings))
        {
            Assert.Equal(fit[rating.Model].Value, rating.Value, 9);
            Assert.Equal(fit[rating.Model].StandardError, rating.StandardError, 9);
        }
    }

    [Fact]
    public void Known_strengths_are_recovered_and_Wald_intervals_cover_them()
    {
        // Strengths 0, 0.5 and 1 logits; 200 worlds of 300 votes. 95 % intervals should miss about 30 of 600 times; 60 would be beyond five standard deviations.
        double[] strengths = [0, 0.5, 1];
        var random = new Random(11);
        int missed = 0;
        for (int world = 0; world < 200; world++)
        {
            var battles = new List<Battle>();
            for (int vote = 0; vote < 300; vote++)
            {
                int a = random.Next(3), b = (a + 1 + random.Next(2)) % 3;
                battles.Add(new($"m{a}", $"m{b}", random.NextDouble() < 1 / (1 + Math.Exp(strengths[b] - strengths[a])) ? Verdict.A : Verdict.B));
            }
            foreach (Rating rating in BradleyTerry.Fit(battles).Ratings)
            {
                double truth = 1000 + 400 / Math.Log(10) * (strengths[rating.Model[1] - '0'] - 0.5);
                if (truth < rating.Low || truth > rating.High) missed++;
            }
        }
        Assert.InRange(missed, 8, 60);
    }

    [Fact]
    public void Intervals_over_items_and_annotators_are_wider_where_votes_hang_together()
    {
        // Ten annotators of fixed taste, forty votes each: there are ten opinions here, not four hundred.
        var battles = new List<Battle>();
        for (int annotator = 0; annotator < 10; annotator++)
            for (int vote = 0; vote < 40; vote++)
                battles.Add(new("a", "b", annotator < 6 ^ vote % 8 == 0 ? Verdict.A : Verdict.B, $"item {annotator}-{vote}", $"person {annotator}"));
        Rating wald = BradleyTerry.Fit(battles).Ratings[0];
        RatingInterval clustered = RatingBootstrap.Intervals(battles, 300, 5, out int unbounded)[0];
        Assert.True(unbounded < 30);
        Assert.True(clustered.High - clustered.Low > 2 * (wald.High - wald.Low), $"{clustered} against {wald}");
        Assert.InRange(wald.Value, clustered.Low, clustered.High);
    }
}
