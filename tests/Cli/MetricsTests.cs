using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

public sealed class MetricsTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-metrics").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Write(string name, params string[] lines)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    [Fact]
    public void Lines_of_metrics_with_sacreBLEUs_options_are_answered_with_its_scores_and_signatures()
    {
        JsonElement fixture = JsonDocument.Parse(File.ReadAllBytes(Fixtures.Require("metrics", "bleu-corpus.json"))).RootElement;
        JsonElement corpora = JsonDocument.Parse(File.ReadAllBytes(Fixtures.Require("metrics", "corpora.json"))).RootElement.GetProperty("corpora");
        JsonElement[] cases = [.. fixture.GetProperty("cases").EnumerateArray().Where((c, i) => i % 60 == 0 && !c.GetProperty("corpus").GetString()!.EndsWith("000", StringComparison.Ordinal))];
        string jsonl = Write("cases.jsonl", [.. cases.Select(c =>
        {
            JsonElement corpus = corpora.GetProperty(c.GetProperty("corpus").GetString()!);
            string hypotheses = corpus.GetProperty("hyps").GetProperty(c.GetProperty("system").GetString()!).GetRawText(), references = corpus.GetProperty("refs").GetRawText();
            return $"{{\"metric\":\"bleu\",\"options\":{c.GetProperty("options").GetRawText()},\"hypotheses\":{hypotheses},\"references\":{references}}}".ReplaceLineEndings(" ");
        })]);
        Juxta.Result result = Juxta.Run("metrics", "--jsonl", jsonl, "--json");
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(cases.Length, result.Lines.Length);
        for (int i = 0; i < cases.Length; i++)
        {
            double expected = cases[i].GetProperty("result")[0].GetDouble();
            Assert.Equal(expected, result.Lines[i].GetProperty("score").GetDouble(), 1e-12 * Math.Max(1, expected));
            Assert.Equal(cases[i].GetProperty("signature").GetString(), result.Lines[i].GetProperty("signature").GetString());
        }
    }

    [Fact]
    public void Files_are_scored_compared_and_explained()
    {
        string answers = Write("a.txt", "The cat sat on the mat.", "It rained all day long."), better = Write("b.txt", "The cat is sitting on the mat.", "It rained all day long.");
        string references = Write("r.txt", "The cat is sitting on the mat.", "It rained all day long."), others = Write("r.jsonl", "\"A cat\\nsat there.\"", "null");
        JsonElement scored = Juxta.Run("metrics", "--metric", "chrf", "--word-order", "2", "--hyp", answers, "--ref", references, others, "--paired", better, "--test", "ar", "--samples", "50", "--seed", "7", "--sentence-level", "--json").Json;
        Assert.Equal("nrefs:var|ar:50|seed:7|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0", scored.GetProperty("signature").GetString());
        Assert.Equal(100, scored.GetProperty("paired")[0].GetProperty("score").GetDouble(), 1e-9);
        Assert.InRange(scored.GetProperty("paired")[0].GetProperty("p_value").GetDouble(), 1 / 51.0, 1); // 50 trials
        Assert.Equal(2, scored.GetProperty("scores").GetArrayLength());
        Juxta.Result text = Juxta.Run("metrics", "--metric", "bleu", "--lowercase", "--hyp", answers, "--ref", references, "--confidence");
        Assert.Contains("BLEU = ", text.Out);
        Assert.Contains("case:lc", text.Out);
        Assert.Contains("p ", Juxta.Run("metrics", "--metric", "bleu", "--hyp", answers, "--ref", references, "--paired", better).Out);
    }

    [Fact]
    public void The_list_and_the_help_teach_every_metric()
    {
        Juxta.Result list = Juxta.Run("metrics", "--list");
        foreach (string name in (string[])["bleu", "chrf", "ter", "rougeLsum", "chatglm", "did-not-stop", "bits-per-byte", "smooth_method"]) Assert.Contains(name, list.Out);
        Assert.Contains(Juxta.Run("metrics", "--list", "--json").Lines, l => l.GetProperty("name").GetString() == "ter" && l.GetProperty("options")[0].GetProperty("kind").GetString() == "flag");
        Assert.Contains("--jsonl many.jsonl", Juxta.Run("metrics", "--help").Out);
    }

    [Fact]
    public void Mistakes_are_explained()
    {
        string two = Write("two.txt", "a", "b"), one = Write("one.txt", "a"), broken = Write("broken.jsonl", "nope");
        Juxta.Refuses(["metrics"], "--metric", "--list");
        Juxta.Refuses(["metrics", "--metric", "bleu"], "--hyp");
        Juxta.Refuses(["metrics", "--metric", "blue", "--hyp", two, "--ref", two], "no metric 'blue'", "bleu");
        Juxta.Refuses(["metrics", "--metric", "bleu", "--hyp", two], "--ref");
        Juxta.Refuses(["metrics", "--metric", "bleu", "--hyp", two, "--ref", one], "one.txt has 1", "two.txt has 2");
        Juxta.Refuses(["metrics", "--metric", "bleu", "--hyp", two, "--ref", broken], "broken.jsonl:1", "JSON string");
        Juxta.Refuses(["metrics", "--metric", "bleu", "--hyp", Path.Combine(_folder, "absent.txt"), "--ref", two], "absent.txt", "no such file");
        Juxta.Refuses(["metrics", "--metric", "bleu", "--tokenize", "flores200", "--hyp", two, "--ref", two], "flores200", "13a");
        Juxta.Refuses(["metrics", "--metric", "ter", "--tokenize", "zh", "--hyp", two, "--ref", two], "no option 'tokenize'", "asian_support");
        Juxta.Refuses(["metrics", "--metric", "bleu", "--max-ngram-order", "0", "--hyp", two, "--ref", two], "max_ngram_order", "1 to 64");
        Juxta.Refuses(["metrics", "--metric", "bleu", "--hyp", two, "--ref", two, "--samples", "many"], "'many' for option '--samples'; expected a whole number");
        Juxta.Refuses(["metrics", "--metric", "bleu", "--hyp", two, "--ref", two, "--seed", "-3"], "'--seed'; expected a whole number of 0 or more");
        Juxta.Refuses(["metrics", "--metric", "bleu", "--hyp", two, "--ref", two, "--paired", two, "--test", "t"], "no paired test 't'");
    }

    [Theory]
    [InlineData("{\"metric\":\"bleu\",\"hypotheses\":[\"a\"],\"references\":[[\"a\",\"b\"]]}", "stream 1 of 1 has 2 segments")]
    [InlineData("{\"metric\":\"bleu\",\"hypotheses\":[\"a\"],\"references\":[[null]]}", "segment 1 has no reference")]
    [InlineData("{\"metric\":\"bleu\",\"hypotheses\":[\"a\"],\"references\":[\"a\"]}", "list of lists")]
    [InlineData("{\"metric\":\"bleu\",\"hypotheses\":[\"\\ud800\"],\"references\":[[\"a\"]]}", "half of a surrogate pair")]
    [InlineData("{\"metric\":\"bleu\",\"hypotheses\":[],\"references\":[[]]}", "no answers")]
    [InlineData("{\"metric\":\"bleu\",\"options\":{\"lowercase\":3},\"hypotheses\":[\"a\"],\"references\":[[\"a\"]]}", "true or false")]
    [InlineData("{\"metric\":\"bleu\",\"hypothesis\":[\"a\"]}", "unknown field 'hypothesis'")]
    [InlineData("{\"metric\":\"loss\",\"nats\":[1],\"tokens\":[1,2]}", "as long as each other")]
    [InlineData("{\"metric\":\"loss\",\"nats\":[-1],\"tokens\":[1]}", "0 or more")]
    [InlineData("{\"metric\":\"did-not-stop\",\"outcomes\":[\"done\"]}", "outcome 'done' is unknown")]
    public void A_wrong_line_is_named_by_file_and_number(string line, string says)
    {
        string jsonl = Write("lines.jsonl", "", line);
        Juxta.Refuses(["metrics", "--jsonl", jsonl, "--json"], "lines.jsonl:2", says);
    }

    [Fact]
    public void A_score_that_will_not_mean_what_it_seems_to_comes_with_a_warning()
    {
        string chinese = Write("zh.txt", "今天天气很好。", "我来到北京。"), tokenized = Write("tok.txt", [.. Enumerable.Range(0, 100).Select(i => $"sentence {i} .")]);
        Assert.Contains("--tokenize zh", Juxta.Run("metrics", "--metric", "bleu", "--hyp", chinese, "--ref", chinese).Error);
        Assert.Contains("rouge-zh-L", Juxta.Run("metrics", "--metric", "rougeL", "--hyp", chinese, "--ref", chinese).Error);
        Assert.Empty(Juxta.Run("metrics", "--metric", "bleu", "--tokenize", "zh", "--hyp", chinese, "--ref", chinese).Error);
        Assert.Contains("look tokenized", Juxta.Run("metrics", "--metric", "bleu", "--hyp", tokenized, "--ref", tokenized).Error);
        Assert.Empty(Juxta.Run("metrics", "--metric", "bleu", "--force", "--hyp", tokenized, "--ref", tokenized).Error);
    }

    [Fact]
    public void Chinese_words_without_their_dictionary_say_what_to_install()
    {
        // No npm on this PATH, and nothing in the folder.
        string jsonl = Write("zh.jsonl", "{\"metric\":\"chatglm\",\"hypotheses\":[\"你好\"],\"references\":[[\"你好\"]]}");
        Juxta.Result result = Juxta.RunIn(new Dictionary<string, string> { ["JUXTA_JIEBA"] = Path.Combine(_folder, "jieba"), ["PATH"] = _folder }, "metrics", "--jsonl", jsonl);
        Assert.Equal(2, result.Code);
        Assert.Contains("npm is not on the PATH", result.Error);
        Assert.Contains("dict.txt", result.Error);
    }
}
