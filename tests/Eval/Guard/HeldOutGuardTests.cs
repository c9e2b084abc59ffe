using System.Security.Cryptography;
using System.Text.Json;
using Juxta.Eval.Guard;
using Juxta.Eval.Suites;

namespace Juxta.EvalTests.Guard;

public sealed class HeldOutGuardTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-guard").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    const string River = "Which river runs through the old town of Bern and turns round it on three sides before it leaves";
    const string Poem = "请把下面这句话改写成一首四行的小诗，并且每一行都要以同一个字开头";

    static readonly object[] Samples =
    [
        new { id = "river", messages = new[] { new { role = "user", content = River } }, references = new[] { "The Aare" } },
        new { id = "hello", messages = new[] { new { role = "user", content = "Hello!" } }, references = new[] { "Good morning to you, and welcome to this small and quiet house by the sea" } },
        new { id = "poem", messages = new[] { new { role = "user", content = Poem } }, references = new[] { "春风" } },
        new
        {
            id = "rounds",
            messages = new[] { new { role = "user", content = "Name a planet." }, new { role = "assistant", content = "Mars." }, new { role = "user", content = "Another one." } },
            references = new[] { "Venus" },
        },
    ];

    EvalSet Set()
    {
        byte[] samples = [.. Samples.SelectMany(sample => JsonSerializer.SerializeToUtf8Bytes(sample).Append((byte)'\n'))];
        File.WriteAllBytes(Path.Combine(_folder, "samples.jsonl"), samples);
        File.WriteAllText(Path.Combine(_folder, EvalSet.FileName), JsonSerializer.Serialize(new
        {
            id = "guarded", version = 1, language = "zh,en", source = "a test", licence = "CC0-1.0", task = "chat", metrics = new[] { "length-ratio" }, samples = "samples.jsonl",
            sha256 = Convert.ToHexStringLower(SHA256.HashData(samples)),
        }));
        return EvalSet.Open(_folder);
    }

    string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    GuardReport Check(string name, string text, GuardOptions? options = null) => new HeldOutGuard(Set(), options).Check(Write(name, text), TestContext.Current.CancellationToken);

    static string Json(object value) => JsonSerializer.Serialize(value) + "\n";

    [Fact]
    public void A_question_is_found_word_for_word_whatever_the_shape_case_and_punctuation()
    {
        string file = Json(new { text = "nothing of interest" })
            + Json(new { instruction = "WHICH RIVER, runs through the old town", input = "of Bern: and turns round it on three sides before it leaves?", output = "…" })
            + Json(new { conversations = new[] { new { from = "human", value = "hello" }, new { from = "gpt", value = "Hi" } } })
            + Json(new { prompt = "Q", chosen = "A", rejected = "They say: " + River + ", and so on" });
        GuardReport report = Check("train.jsonl", file);
        Assert.Equal([(2, "river", LeakKind.Question), (3, "hello", LeakKind.Question), (4, "river", LeakKind.Question)], report.Hits.Select(hit => (hit.Line, hit.Sample, hit.Kind)));
        Assert.Equal((4, 2), (report.Records, report.Samples));
    }

    [Fact]
    public void Records_of_a_list_a_table_and_plain_text_are_found_by_their_lines()
    {
        Assert.Equal([3], Check("train.json", "[{\"text\": \"one\"},\n\n {\"text\": \"" + River + "\"}]").Hits.Select(hit => hit.Line));
        Assert.Equal([3], Check("train.csv", "instruction,output\nother,x\n" + River + ",y\n").Hits.Select(hit => hit.Line));
        Assert.Equal([2], Check("train.txt", "one\n" + River + "\n").Hits.Select(hit => hit.Line));
    }

    [Fact]
    public void Short_texts_count_only_as_whole_questions_and_many_rounds_only_together()
    {
        Assert.Empty(Check("train.txt", "She said hello and went\nThe Aare\n春风\nAnother one.\n").Hits);
        GuardReport report = Check("train.jsonl", Json(new { a = "Another one", b = "Name a planet" }));
        Assert.Equal(("rounds", LeakKind.Question), (Assert.Single(report.Hits).Sample, report.Hits[0].Kind));
    }

    [Fact]
    public void A_long_reference_answer_is_found_without_its_question()
    {
        GuardHit hit = Assert.Single(Check("train.txt", "x. Good morning to you and welcome to this small and quiet house by the sea.").Hits);
        Assert.Equal(("hello", LeakKind.Answer), (hit.Sample, hit.Kind));
    }

    [Fact]
    public void One_changed_word_leaves_a_near_duplicate_with_its_exact_similarity()
    {
        // 19 words are 18 pairs; another word in the middle keeps 16 of them and brings 2: 16 / (18 + 18 - 16).
        GuardHit hit = Assert.Single(Check("train.txt", River.Replace("turns", "winds")).Hits);
        Assert.Equal(("river", LeakKind.NearDuplicate, 16.0 / 20), (hit.Sample, hit.Kind, hit.Share));
        Assert.Equal(LeakKind.Overlap, Assert.Single(Check("train.txt", "A " + River.Replace("leaves", "goes down to the lake and on to the Rhine in its wide valley"),
            new GuardOptions { Near = 0.9 }).Hits).Kind);
    }

    [Fact]
    public void Chinese_is_compared_by_characters()
    {
        // 31 characters are 19 runs of 13; the first 22 characters keep 10 of them.
        GuardHit hit = Assert.Single(Check("train.txt", "有人说：" + Poem[..23] + "，谢谢大家，今天就到这里，我们明天再见，一路平安").Hits);
        Assert.Equal(("poem", LeakKind.Overlap), (hit.Sample, hit.Kind));
        Assert.Equal(10.0 / 19, hit.Share, 12);
        Assert.Empty(Check("train.txt", "请把下面这句话改写成英文").Hits);
        Assert.Equal(LeakKind.Question, Assert.Single(Check("train.txt", Poem.Replace("，", ",")).Hits).Kind);
    }

    [Fact]
    public void A_validation_file_that_is_the_test_set_is_warned_of()
    {
        var guard = new HeldOutGuard(Set());
        string all = string.Concat(Samples.Select(Json)), some = Json(Samples[0]), none = Json(new { text = "other" });
        Assert.Contains("validation = test", guard.CheckValidation(Write("all.jsonl", all)));
        Assert.Contains("holds 1 of 4 samples", guard.CheckValidation(Write("some.jsonl", some)));
        Assert.Null(guard.CheckValidation(Write("none.jsonl", none)));
    }

    [Fact]
    public void What_cannot_be_read_or_makes_no_sense_is_refused()
    {
        var guard = new HeldOutGuard(Set());
        Assert.Contains("no such file", Assert.Throws<SuiteException>(() => guard.Check(Path.Combine(_folder, "absent.jsonl"))).Message);
        Assert.Contains("is a folder", Assert.Throws<SuiteException>(() => guard.Check(_folder)).Message);
        Assert.Contains("bad.jsonl:2: not valid JSON", Assert.Throws<SuiteException>(() => guard.Check(Write("bad.jsonl", "{}\n{"))).Message);
        Assert.Contains("above 0", Assert.Throws<SuiteException>(() => new HeldOutGuard(guard.Set, new GuardOptions { Near = 0 })).Message);
        Assert.Contains("2 or more", Assert.Throws<SuiteException>(() => new HeldOutGuard(guard.Set, new GuardOptions { Words = 1 })).Message);
    }
}
