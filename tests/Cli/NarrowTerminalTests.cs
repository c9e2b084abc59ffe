using System.Globalization;
using System.Text;
using System.Text.Json;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary>What commands print at 80 columns holds the same numbers and words, each whole, as on a very wide terminal.</summary>
public sealed class NarrowTerminalTests : IDisposable
{
    const int Columns = 80;

    readonly string _folder = Directory.CreateTempSubdirectory("juxta-narrow").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Sets_and_metrics_are_listed_whole()
    {
        Assert.Contains("stop-behaviour", Whole("eval", "list", Path.Combine(Fixtures.Repository, "evalsets")));
        Assert.Contains("smooth_method", Whole("metrics", "--list"));
    }

    [Fact]
    public void A_comparison_with_its_answers_is_whole()
    {
        string shipped = Path.Combine(Fixtures.Repository, "evalsets", "stop-behaviour");
        string first = Run("demo+an-adapter-with-a-long-name=0.5", 0, shipped), second = Run("demo+another-adapter-with-a-long-name", 1, shipped);
        string text = Whole("eval", "compare", first, second, "--trials", "200", "--resamples", "100");
        foreach (string part in (string[])["difference", "interval)", "(won/lost/tied)", "did-not-stop", "demo+an-adapter-with-a-long-name=0.5"]) Assert.Contains(part, text);
        Whole("eval", "compare", first, second, "--trials", "200", "--resamples", "100", "--different");
        Assert.Contains("over 120 samples", Whole("eval", "gate", "--baseline", first, "--candidate", second, "--metric", "did-not-stop", "--max-drop", "0.9", "--trials", "200").ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_of_votes_are_whole()
    {
        string votes = Path.Combine(_folder, "votes.jsonl"), scores = Path.Combine(_folder, "scores.jsonl");
        string[] models = ["base-model-of-1b", "tuned-for-poems", "tuned-for-prose"];
        var cast = new StringBuilder();
        var scored = new StringBuilder();
        for (int i = 0; i < 90; i++)
        {
            (string a, string b) = (models[i % 3], models[(i + 1) % 3]);
            string winner = (i * 7 % 10) switch { < 4 => "a", < 8 => "b", _ => "tie" };
            string day = new DateTimeOffset(2026, 3, 1 + i / 45, 9, 0, 0, TimeSpan.Zero).AddSeconds(i).ToString("O", CultureInfo.InvariantCulture);
            foreach (string who in (string[])["annotator-one", "annotator-two"])
                cast.AppendLine(JsonSerializer.Serialize(new { item = $"item-{i}", set = "a-set-of-questions", a, b, winner = who == "annotator-two" && i % 4 == 0 ? "b" : winner, annotator = who, time = day, left = i % 2 == 0 ? "a" : "b" }));
            foreach (string model in (string[])[a, b]) scored.AppendLine(JsonSerializer.Serialize(new { item = $"item-{i}", model, score = (i * 31 + model.Length) % 17 / 16.0 }));
        }
        File.WriteAllText(votes, cast.ToString());
        File.WriteAllText(scores, scored.ToString());
        Assert.Contains("tuned-for-prose", Whole("rate", "fit", "--votes", votes, "--matrix", "--elo", "--by", "day", "--samples", "50"));
        Assert.Contains("Krippendorff's", Whole("rate", "agreement", "--votes", votes, "--samples", "50"));
        Assert.Contains("tau-b", Whole("rate", "correlate", "--votes", votes, "--scores", scores, "--samples", "50"));
        Whole("rate", "test", "--votes", votes);
        Assert.Contains("median", Whole("rate", "simulate", "--worlds", "4", "--samples", "20", "--items", "40", "--studies", "40", "--most-votes", "200"));
    }

    [Fact]
    public void A_model_with_an_adapter_is_told_whole()
    {
        string model = Path.Combine(_folder, "tiny");
        TinyModel.Write(model);
        Assert.Contains("‖ΔW‖/‖W‖", Whole("inspect", "--model", model, "--adapter", Path.Combine(model, "adapters", "loud")));
        string bench = At(Columns, "bench", "--model", model, "--depth", "16", "--tokens", "4", "--runs", "1").Out;
        Assert.All(bench.Split('\n'), line => Assert.InRange(line.Length, 0, Columns));
        foreach (string word in (string[])["tokens/s", "memory gives GB/s", "share of it"]) Assert.Contains(word, bench);
    }

    /// <summary>A run of the set with answers that differ from one salt to another.</summary>
    string Run(string model, int salt, string setFolder)
    {
        EvalSet set = EvalSet.Open(setFolder);
        using RunFolder run = RunFolder.Open(Path.Combine(_folder, "runs", model, set.Id), set, RunManifest.Of(new ModelIdentity(model) { Weights = new string((char)('a' + salt), 64) }, set, "1"));
        for (int setting = 0; setting < run.Set.Settings.Count; setting++)
        {
            for (int i = 0; i < set.Samples.Count; i++)
            {
                bool stopped = (i + salt) % 3 != 0;
                run.Add(new SampleResult(setting, set.Samples[i].Id, $"A long answer number {i * 37 + salt} of {model.Length} words which is followed by many others that reach over the edge", stopped ? "eos:2" : "length")
                {
                    Ids = [i + salt, 2], Logprobs = [-0.1f, 0], Nats = 234.5678 + i + salt, LossTokens = 31, LossBytes = 90,
                });
            }
        }
        return run.Folder;
    }

    /// <summary>What is printed at 80 columns, once it was seen that no line is longer and that its words are those of a very wide terminal.</summary>
    static string Whole(params string[] arguments)
    {
        Juxta.Result narrow = At(Columns, arguments), wide = At(2000, arguments);
        Assert.True(narrow.Code is 0 or 1 && narrow.Code == wide.Code, narrow.Error + wide.Error);
        string[] expected = Words(wide.Out), found = Words(narrow.Out);
        // A block of lines has no heading for its first line; every number is there.
        string[] missing = [.. expected.Except(found).Where(word => word.Any(char.IsAsciiDigit))];
        Assert.True(found.Except(expected).ToArray() is [] && missing is [], $"broken: {string.Join(" | ", found.Except(expected).Take(8))}; missing: {string.Join(" | ", missing.Take(8))}\n{narrow.Out}");
        foreach (string line in narrow.Out.Split('\n')) Assert.True(line.Length <= Columns || !line.Trim().Contains(' '), $"{line.Length} columns: {line}");
        return narrow.Out;
    }

    static string[] Words(string text) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(word => word.Any(c => c is not ('─' or '│'))).Distinct()];

    static Juxta.Result At(int columns, params string[] arguments) => Juxta.RunIn(new Dictionary<string, string> { ["COLUMNS"] = columns.ToString(CultureInfo.InvariantCulture) }, arguments);
}
