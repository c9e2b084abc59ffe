using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

public sealed class RateTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-rate").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Write(params string[] lines)
    {
        string path = Path.Combine(_folder, "votes.jsonl");
        File.WriteAllLines(path, lines);
        return path;
    }

    static string Vote(string a, string b, string winner, int item, string annotator) => JsonSerializer.Serialize(new { item, a, b, winner, annotator });

    [Fact]
    public void Votes_become_ratings_with_intervals()
    {
        // Three wins to one and no ties are odds of 3: 400 · log₁₀ 3 = 190.85 points apart.
        string votes = Write([.. Enumerable.Range(0, 40).Select(i => Vote("base", "tuned", i % 4 == 0 ? "a" : "b", i, i % 2 == 0 ? "x" : "y"))]);
        JsonElement[] models = [.. Juxta.Run("rate", "fit", "--votes", votes, "--json").Json.GetProperty("models").EnumerateArray()];
        Assert.Equal("tuned", models[0].GetProperty("model").GetString());
        Assert.Equal(1000 + 400 * Math.Log10(3) / 2, models[0].GetProperty("rating").GetDouble(), 9);
        Assert.Equal(1000 - 400 * Math.Log10(3) / 2, models[1].GetProperty("rating").GetDouble(), 9);
        Assert.True(models[0].GetProperty("low").GetDouble() < models[0].GetProperty("rating").GetDouble());
        Assert.Equal(40, models[0].GetProperty("votes").GetInt32());
        JsonElement[] resampled = [.. Juxta.Run("rate", "fit", "--votes", votes, "--bootstrap", "both", "--samples", "100", "--anchor", "base=0", "--json").Json.GetProperty("models").EnumerateArray()];
        Assert.Equal(0, resampled[1].GetProperty("rating").GetDouble(), 9);
        Assert.InRange(resampled[0].GetProperty("rating").GetDouble(), resampled[0].GetProperty("low").GetDouble(), resampled[0].GetProperty("high").GetDouble());
        Assert.Contains("tuned", Juxta.Run("rate", "fit", "--votes", votes).Out);
    }

    [Fact]
    public void An_unbeaten_model_is_said_to_be_unbounded()
    {
        string votes = Write(Vote("a", "b", "a", 1, "x"), Vote("b", "c", "tie", 1, "x"));
        Juxta.Result result = Juxta.Run("rate", "fit", "--votes", votes, "--json");
        Assert.Equal(0, result.Code);
        Assert.Contains("never", result.Json.GetProperty("unbounded").GetString());
        Assert.Equal(JsonValueKind.Null, result.Json.GetProperty("models")[0].GetProperty("rating").ValueKind);
        Assert.Contains("unbounded", Juxta.Run("rate", "fit", "--votes", votes).Out);
    }

    [Fact]
    public void Mistakes_are_explained()
    {
        Juxta.Refuses(["rate", "fit", "--votes", Write("{\"a\":\"x\",\"b\":\"y\",\"winner\":\"left\"}")], "votes.jsonl:1", "both_bad", "left");
        Juxta.Refuses(["rate", "fit", "--votes", Write("{\"a\":\"x\",\"b\":\"x\",\"winner\":\"a\"}")], "compares two models");
        Juxta.Refuses(["rate", "fit", "--votes", Write("")], "no votes");
        string votes = Write(Vote("a", "b", "tie", 1, "x"));
        Juxta.Refuses(["rate", "fit", "--votes", votes, "--bootstrap", "days"], "items, annotators, votes or both");
        Juxta.Refuses(["rate", "fit", "--votes", votes, "--bootstrap", "annotators"], "needs two or more");
        Juxta.Refuses(["rate", "fit", "--votes", votes, "--by", "week"], "expected day");
        Juxta.Refuses(["rate", "fit", "--votes", votes, "--by", "day"], "has no 'time'");
        Juxta.Refuses(["rate", "fit", "--votes", votes, "--tag", "short"], "none of the 1 votes", "no vote names one");
        Juxta.Refuses(["rate", "fit", "--votes", Path.Combine(_folder, "nowhere.jsonl")], "nowhere.jsonl: no such file");
        Juxta.Refuses(["rate", "fit", "--votes", Write(Vote("a", "b", "skip", 1, "x"))], "only skips and gold items");
        Juxta.Refuses(["rate", "fit", "--votes", Write("{\"undoes\":\"7\"}")], "votes.jsonl: ", "'7'");
        votes = Write(Vote("a", "b", "tie", 1, "x"));
        Juxta.Refuses(["rate", "fit", "--votes", votes, "--samples", "0"], "1 or more");
        Juxta.Refuses(["rate", "fit", "--votes", votes, "--anchor", "c=1000"], "a, b");
        Juxta.Refuses(["rate", "fit", "--votes", votes, "--anchor", "a"], "MODEL=RATING");
    }

    [Fact]
    public void The_contract_of_fit_has_these_names_and_no_others()
    {
        string votes = Write(Vote("base", "tuned", "a", 1, "x"), Vote("base", "tuned", "b", 2, "x"), Vote("tuned", "base", "both_bad", 3, "y"));
        JsonElement fit = Juxta.Run("rate", "fit", "--votes", votes, "--json").Json;
        Assert.Equal(["models"], fit.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["model", "rating", "low", "high", "votes"], fit.GetProperty("models")[0].EnumerateObject().Select(p => p.Name));
        JsonElement unbounded = Juxta.RunWith(Vote("base", "tuned", "a", 1, "x"), "rate", "fit", "--votes", "-", "--json").Json;
        Assert.Equal(["unbounded", "models"], unbounded.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void Matrix_Elo_and_days_come_where_asked_for()
    {
        string votes = Write([.. Enumerable.Range(0, 12).Select(i => $$"""{"item":{{i}},"a":"base","b":"tuned","winner":"{{(i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "tie")}}","annotator":"p{{i % 2}}","time":"2026-11-{{10 + i / 6}}T0{{i % 6}}:00:00Z"}""")]);
        string[] arguments = ["rate", "fit", "--votes", votes, "--matrix", "--elo", "--by", "day", "--bootstrap", "items", "--samples", "50"];
        JsonElement fit = Juxta.Run([.. arguments, "--json"]).Json;
        JsonElement cell = fit.GetProperty("matrix")[0];
        Assert.Equal((4, 4, 4, 0.5), (cell.GetProperty("wins").GetInt32(), cell.GetProperty("losses").GetInt32(), cell.GetProperty("ties").GetInt32(), cell.GetProperty("share_of_decided").GetDouble()));
        Assert.Equal(["2026-11-10", "2026-11-11"], fit.GetProperty("days").EnumerateArray().Select(d => d.GetProperty("day").GetString()));
        Assert.Equal([6, 12], fit.GetProperty("days").EnumerateArray().Select(d => d.GetProperty("votes").GetInt32()));
        Assert.Equal(2000, fit.GetProperty("elo").EnumerateArray().Sum(e => e.GetProperty("rating").GetDouble()), 9);
        string text = Juxta.Run(arguments).Out;
        Assert.Contains("2026-11-11, 12 votes until then", text);
        Assert.Contains("50.0 % of 8", text);
    }

    [Fact]
    public void Enough_votes_are_told_from_too_few()
    {
        string votes = Write([.. Enumerable.Range(0, 60).Select(i => Vote("base", "tuned", i % 6 == 0 ? "a" : "b", i / 2, $"p{i % 2}")), .. Enumerable.Range(0, 4).Select(i => Vote("base", "other", i % 2 == 0 ? "a" : "b", i, "p0"))]);
        JsonElement test = Juxta.Run("rate", "test", "--votes", votes, "--json").Json;
        JsonElement[] pairs = [.. test.GetProperty("pairs").EnumerateArray()];
        Assert.Equal(("other", "undecided"), (pairs[0].GetProperty("b").GetString(), pairs[0].GetProperty("decision").GetString()));
        Assert.Equal(("tuned", "b", 0), (pairs[1].GetProperty("b").GetString(), pairs[1].GetProperty("decision").GetString(), pairs[1].GetProperty("votes_still_needed").GetInt32()));
        Assert.Equal(0.025, test.GetProperty("alpha_per_pair").GetDouble(), 12);
        Assert.True(pairs[1].GetProperty("high").GetDouble() < 0.5);
        Assert.Equal(30, Juxta.Run("rate", "test", "--votes", votes, "--votes-per-item", "2", "--json").Json.GetProperty("pairs")[1].GetProperty("scores").GetInt32());
        string text = Juxta.Run("rate", "test", "--votes", votes, "--votes-per-item", "3").Out;
        Assert.Contains("60 votes wait for others", text);
        Assert.Contains("base against tuned: tuned is preferred; after", Juxta.Run("rate", "test", "--votes", votes).Out);
        Juxta.Refuses(["rate", "test", "--votes", votes, "--alpha", "1"], "0.05 is usual");
        Juxta.Refuses(["rate", "test", "--votes", votes, "--margin", "0.5"], "45 to 55 %");
        Juxta.Refuses(["rate", "test", "--votes", votes, "--prior", "0"], "10 is usual");
        Juxta.Refuses(["rate", "test", "--votes", votes, "--votes-per-item", "0"], "1 or more");
    }

    [Fact]
    public void Agreement_speaks_of_the_study_and_of_each_person()
    {
        string votes = Write([.. Enumerable.Range(0, 20).SelectMany(i => (string[])[Vote("x", "y", i % 2 == 0 ? "a" : "b", i, "p"), Vote("y", "x", i % 2 == 0 ? "b" : i == 3 ? "tie" : "a", i, "q")]), """{"item":"g","a":"x","b":"y","winner":"a","gold":"a","annotator":"p","left":"a"}"""]);
        JsonElement report = Juxta.Run("rate", "agreement", "--votes", votes, "--samples", "100", "--json").Json;
        Assert.Equal(20, report.GetProperty("items").GetInt32());
        Assert.Equal(0.95, report.GetProperty("agreement_with_ties").GetProperty("value").GetDouble(), 12);
        Assert.InRange(report.GetProperty("cohen")[0].GetProperty("kappa").GetProperty("value").GetDouble(), 0.85, 0.99);
        Assert.Equal(1, report.GetProperty("annotators")[0].GetProperty("gold").GetProperty("share").GetDouble());
        Assert.Contains("Krippendorff", Juxta.Run("rate", "agreement", "--votes", votes, "--samples", "100").Out);
        Juxta.Refuses(["rate", "agreement", "--votes", votes, "--criterion", "fluent"], "'fluent'");
        Juxta.Refuses(["rate", "agreement", "--votes", votes, "--samples", "0"], "1 or more");
    }

    [Fact]
    public void A_metric_is_held_against_the_votes()
    {
        string votes = Write([.. Enumerable.Range(0, 20).Select(i => Vote("x", "y", i % 2 == 0 ? "a" : "b", i, "p"))]), scores = Path.Combine(_folder, "scores.jsonl");
        File.WriteAllLines(scores, Enumerable.Range(0, 20).SelectMany(i => (string[])[$$"""{"item":{{i}},"model":"x","score":{{(i % 2 == 0 ? 2 : 1)}}}""", $$"""{"item":{{i}},"model":"y","score":1.5}"""]));
        JsonElement suite = Juxta.Run("rate", "correlate", "--votes", votes, "--scores", scores, "--samples", "50", "--json").Json.GetProperty("suites")[0];
        Assert.Equal((20, 1.0, 1.0), (suite.GetProperty("votes").GetInt32(), suite.GetProperty("kendall").GetProperty("value").GetDouble(), suite.GetProperty("agreement").GetProperty("low").GetDouble()));
        Assert.Equal(-1, Juxta.Run("rate", "correlate", "--votes", votes, "--scores", scores, "--lower-is-better", "--json").Json.GetProperty("suites")[0].GetProperty("spearman").GetProperty("value").GetDouble(), 12);
        File.WriteAllLines(scores, ["{\"item\":0,\"model\":\"x\",\"score\":1}"]);
        Juxta.Refuses(["rate", "correlate", "--votes", votes, "--scores", scores], "no score of 'y' on item '0'");
        File.WriteAllLines(scores, ["{\"item\":0,\"model\":\"x\",\"score\":\"high\"}"]);
        Juxta.Refuses(["rate", "correlate", "--votes", votes, "--scores", scores], "scores.jsonl:1", "a number");
        Juxta.Refuses(["rate", "correlate", "--votes", votes, "--scores", "nowhere"], "no such file");
    }

    [Fact]
    public void Simulations_repeat_by_their_seed()
    {
        string[] arguments = ["rate", "simulate", "--worlds", "10", "--samples", "20", "--studies", "50", "--shares", "0.5,0.7", "--most-votes", "300", "--seed", "4", "--json"];
        Juxta.Result result = Juxta.Run(arguments);
        Assert.Equal(result.Out, Juxta.Run(arguments).Out);
        Assert.Equal(15, result.Json.GetProperty("ratings").GetProperty("intervals")[0].GetProperty("covered").GetProperty("of").GetInt32() / 2);
        Assert.True(result.Json.GetProperty("stopping")[1].GetProperty("a").GetProperty("share").GetDouble() > 0.9);
        Juxta.Refuses(["rate", "simulate", "--strengths", "0"], "compares two");
        Juxta.Refuses(["rate", "simulate", "--strengths", "0,x"], "'x' should be a number");
        Juxta.Refuses(["rate", "simulate", "--ties", "1"], "between 0 and 0.999");
        Juxta.Refuses(["rate", "simulate", "--items", "0"], "1 or more");
        Juxta.Refuses(["rate", "simulate", "--annotators", "1"], "2 annotators should judge each item");
        Juxta.Refuses(["rate", "simulate", "--items", "1", "--worlds", "3", "--studies", "0", "--strengths", "0,9", "--votes-per-item", "1"], "no world had ratings");
    }

    [Fact]
    public void Votes_become_training_data_unless_they_are_held_out()
    {
        static string Judged(string winner, string set) => $$"""{"id":"{{winner}}","item":"i","a":"x","b":"y","winner":"{{winner}}","messages":[{"role":"user","content":"q"}],"answer_a":"good","answer_b":"bad"{{set}}}""";
        string votes = Write(Judged("a", "")), output = Path.Combine(_folder, "prefs.jsonl");
        JsonElement told = Juxta.Run("rate", "export", "--votes", votes, "--format", "llama-factory-ranking", "--out", output, "--json").Json;
        Assert.Equal(1, told.GetProperty("records").GetInt32());
        Assert.Equal("good", JsonDocument.Parse(File.ReadAllText(output)).RootElement.GetProperty("chosen").GetProperty("value").GetString());
        Assert.Equal("prefs.jsonl", JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "dataset_info.json"))).RootElement.GetProperty("prefs").GetProperty("file_name").GetString());
        Assert.Contains("1 records", Juxta.Run("rate", "export", "--votes", votes, "--format", "csv", "--out", output).Out);

        string held = Write(Judged("a", ",\"set\":\"zh-helpdesk\""));
        Juxta.Refuses(["rate", "export", "--votes", held, "--format", "trl-dpo", "--out", output], "1 of 1 votes", "zh-helpdesk: 1", "--allow-held-out");
        Assert.Equal(0, Juxta.Run("rate", "export", "--votes", held, "--format", "trl-dpo", "--out", output, "--allow-held-out").Code);
        Assert.Equal(0, Juxta.Run("rate", "export", "--votes", held, "--format", "events", "--out", output).Code);
        Assert.Contains("zh-helpdesk", File.ReadAllText(output));
        Assert.Empty(Directory.EnumerateFiles(_folder, "*.part"));

        string near = Write(Judged("a", "").Replace("\"q\"", "\"Why does a metal spoon feel colder than a wooden one in the same cold room?\"").Replace("good", "It carries heat away."));
        Juxta.Refuses(["rate", "export", "--votes", near, "--format", "trl-dpo", "--out", output, "--eval-sets", Path.Combine(Fixtures.Repository, "evalsets")], "single-turn: 1, such as", "near duplicate 81 %", "--allow-held-out");
    }

    [Fact]
    public void An_adjudicators_verdict_counts_where_it_is_asked_for()
    {
        string votes = Write(
            """{"item":"1","a":"x","b":"y","winner":"a","annotator":"p"}""", """{"item":"1","a":"x","b":"y","winner":"b","annotator":"q"}""", """{"item":"2","a":"x","b":"y","winner":"a","annotator":"p"}""",
            """{"item":"1","a":"x","b":"y","winner":"b","annotator":"lead","purpose":"adjudication"}""");
        Assert.Equal(3, Juxta.Run("rate", "fit", "--votes", votes, "--json").Json.GetProperty("models")[0].GetProperty("votes").GetInt32());
        Assert.Equal(2, Juxta.Run("rate", "fit", "--votes", votes, "--adjudicated", "--json").Json.GetProperty("models")[0].GetProperty("votes").GetInt32());
        Assert.Equal(1, Juxta.Run("rate", "agreement", "--votes", votes, "--json").Json.GetProperty("annotators")[1].GetProperty("adjudicator").GetProperty("count").GetInt32());
        Juxta.Refuses(["rate", "fit", "--votes", Write("""{"item":"1","a":"x","b":"y","winner":"a","purpose":"fun"}""")], "repeat or adjudication");
    }

    [Fact]
    public void The_log_leaves_with_what_was_undone()
    {
        string votes = Write(
            """{"id":"1","item":"i","a":"x","b":"y","winner":"a","annotator":"p"}""", """{"id":"2","item":"i","a":"x","b":"y","winner":"b","annotator":"q"}""",
            """{"undoes":"1"}""", """{"id":"3","undoes":"2","item":"i","a":"x","b":"y","winner":"tie","annotator":"q"}"""), output = Path.Combine(_folder, "log.jsonl");
        Assert.Equal(0, Juxta.Run("rate", "export", "--votes", votes, "--format", "events", "--out", output).Code);
        Assert.Equal(File.ReadAllLines(votes).Length, File.ReadAllLines(output).Length);
        Assert.Equal("{\"undoes\":\"1\"}", File.ReadAllLines(output)[2]);
        Assert.Equal(0, Juxta.Run("rate", "export", "--votes", votes, "--annotator", "q", "--format", "events", "--out", output).Code);
        Assert.Equal(2, File.ReadAllLines(output).Length);
    }

    [Fact]
    public void Mistakes_of_an_export_are_explained()
    {
        string votes = Write(Vote("a", "b", "a", 1, "x")), output = Path.Combine(_folder, "o.jsonl");
        Juxta.Refuses(["rate", "export", "--votes", votes, "--format", "dpo", "--out", output], "--format dpo", "trl-dpo", "csv");
        Juxta.Refuses(["rate", "export", "--votes", votes, "--format", "trl-dpo", "--out", output], "item '1'", "answer_a");
        Juxta.Refuses(["rate", "export", "--votes", votes, "--format", "csv", "--out", Path.Combine(_folder, "no", "o.csv")], "make it first");
        Juxta.Refuses(["rate", "export", "--votes", votes, "--format", "csv", "--out", _folder], "name a file in it");
        Juxta.Refuses(["rate", "export", "--votes", votes, "--format", "csv", "--out", output, "--ties", "half"], "drop or count");
        Juxta.Refuses(["rate", "export", "--votes", votes, "--format", "csv", "--out", output, "--agreement", "most"], "any, majority or unanimous");
        Juxta.Refuses(["rate", "export", "--votes", votes, "--format", "trl-dpo", "--out", output, "--eval-sets", "nowhere"], "no such folder");
        string ties = Write("""{"a":"x","b":"y","winner":"tie","messages":[{"role":"user","content":"q"}],"answer_a":"1","answer_b":"2"}""");
        Juxta.Refuses(["rate", "export", "--votes", ties, "--format", "trl-dpo", "--out", output], "nothing is left to train on (1 ties)");
        File.WriteAllText(Path.Combine(_folder, "dataset_info.json"), "[");
        Juxta.Refuses(["rate", "export", "--votes", Write("""{"a":"x","b":"y","winner":"a","messages":[{"role":"user","content":"q"}],"answer_a":"1","answer_b":"2"}"""), "--format", "llama-factory-kto", "--out", output], "dataset_info.json is there already");
    }
}
