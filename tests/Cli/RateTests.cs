using System.Text.Json;

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
        JsonElement[] resampled = [.. Juxta.Run("rate", "fit", "--votes", votes, "--intervals", "bootstrap", "--samples", "100", "--anchor", "base=0", "--json").Json.GetProperty("models").EnumerateArray()];
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
        Juxta.Refuses(["rate", "fit", "--votes", votes, "--intervals", "wide"], "wald or bootstrap");
        Juxta.Refuses(["rate", "fit", "--votes", votes, "--samples", "0"], "1 or more");
        Juxta.Refuses(["rate", "fit", "--votes", votes, "--anchor", "c=1000"], "a, b");
        Juxta.Refuses(["rate", "fit", "--votes", votes, "--anchor", "a"], "MODEL=RATING");
    }
}
