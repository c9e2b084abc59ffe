using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Eval.Suites;
using Juxta.Tests;

namespace Juxta.EvalTests.Suites;

public sealed class EvalSetTests : IDisposable
{
    const string Sample = """{"messages":[{"role":"user","content":"问"},{"role":"assistant","content":"答"}]}""";

    readonly string _folder = Directory.CreateTempSubdirectory("juxta-evalset").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    EvalSet Open(string samples, Action<JsonObject>? change = null)
    {
        var set = new JsonObject
        {
            ["id"] = "s", ["version"] = 1, ["language"] = "zh", ["source"] = "here", ["licence"] = "CC0-1.0", ["task"] = "chat", ["metrics"] = new JsonArray("chrf"),
            ["samples"] = "samples.jsonl", ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(samples))),
        };
        change?.Invoke(set);
        File.WriteAllText(Path.Combine(_folder, "samples.jsonl"), samples);
        File.WriteAllText(Path.Combine(_folder, "evalset.json"), set.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        return EvalSet.Open(_folder);
    }

    static string Text(IEnumerable<EvalMessage> messages) => string.Join(" ", messages.Select(message => $"{message.Role}:{message.Content}"));

    [Fact]
    public void The_schema_names_the_fields_that_the_reader_takes()
    {
        JsonElement schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Fixtures.Repository, "evalsets", "schema.json"))).RootElement;
        string fields = string.Join(", ", schema.GetProperty("properties").EnumerateObject().Select(field => field.Name));
        SuiteException error = Assert.Throws<SuiteException>(() => Open(Sample, set => set["licens"] = "x"));
        Assert.EndsWith($"here are {fields}", error.Message);
        foreach (JsonElement required in schema.GetProperty("required").EnumerateArray())
            Assert.Contains($"{required.GetString()} is missing", Assert.Throws<SuiteException>(() => Open(Sample, set => set.Remove(required.GetString()!))).Message);
    }

    [Theory]
    [InlineData("""{"id":7,"messages":[{"role":"system","content":"S"},{"role":"user","content":"Q"}],"references":["A","B"],"tags":["t"]}""", "7", "system:S user:Q", "A|B")]
    [InlineData("""{"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}],"references":["B"]}""", "line-1", "user:Q", "A|B")]
    [InlineData("""{"instruction":"I","input":"X","output":"A","history":[["q","a"]]}""", "line-1", "user:q assistant:a user:I\nX", "A")]
    [InlineData("""{"conversations":[{"from":"human","value":"Q"},{"from":"gpt","value":"A"}],"system":"S"}""", "line-1", "system:S user:Q", "A")]
    [InlineData("""{"content":"Q","summary":"A"}""", "line-1", "user:Q", "A")]
    [InlineData("""{"prompt":"Q","response":"A","history":[["q","a"]]}""", "line-1", "user:q assistant:a user:Q", "A")]
    [InlineData("""[{"content":"Q","summary":"A"}]""", "line-1", "user:Q", "A")]
    public void Samples_are_read_in_every_shape(string line, string id, string messages, string references)
    {
        EvalSample sample = Assert.Single(Open(line).Samples);
        Assert.Equal((id, messages, references), (sample.Id, Text(sample.Messages), string.Join("|", sample.References)));
    }

    [Fact]
    public void Records_of_a_list_on_one_line_are_told_apart()
    {
        const string One = """{"instruction":"I","output":"A"}""";
        string list = $"[{One}, {One},{One},\n{One},{{\"id\":\"seven\",\"content\":\"Q\",\"summary\":\"A\"}},{One}]";
        Assert.Equal(["line-1", "line-1.2", "line-1.3", "line-2", "seven", "line-2.3"], Open(list).Samples.Select(sample => sample.Id));
    }

    [Fact]
    public void Shots_become_turns_and_history_is_counted_in_rounds()
    {
        File.WriteAllText(Path.Combine(_folder, "shots.jsonl"), """{"instruction":"e1","output":"r1"}""" + "\n" + """{"instruction":"e2","output":"r2"}""");
        EvalSet set = Open("""{"prompt":"c","response":"C","history":[["a","A"],["b","B"]]}""", set =>
        {
            (set["shots"], set["system"]) = ("shots.jsonl", "S");
            set["axes"] = new JsonObject { ["few_shot"] = new JsonArray(0, 2), ["history_turns"] = new JsonArray(0, 1), ["max_target_length"] = new JsonArray(64) };
        });
        Assert.Equal([(0, 0), (0, 1), (2, 0), (2, 1)], set.Settings.Select(s => (s.FewShot, s.HistoryTurns!.Value)));
        Assert.All(set.Settings, setting => Assert.Equal((null, 64), (setting.MaxSourceLength, setting.MaxTargetLength)));
        Assert.Equal("system:S user:c", Text(set.Prompt(set.Samples[0], set.Settings[0])));
        Assert.Equal("system:S user:e1 assistant:r1 user:e2 assistant:r2 user:b assistant:B user:c", Text(set.Prompt(set.Samples[0], set.Settings[3])));
        Assert.Equal("system:S user:a assistant:A user:b assistant:B user:c", Text(set.Prompt(set.Samples[0], new SuiteSetting())));
        Assert.Contains("3 examples", Assert.Throws<SuiteException>(() => set.Prompt(set.Samples[0], new SuiteSetting { FewShot = 3 })).Message);
    }

    EvalSet OpenTable(string table)
    {
        File.WriteAllText(Path.Combine(_folder, "samples.csv"), table);
        return Open(Sample, set => (set["samples"], set["sha256"]) = ("samples.csv", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(table)))));
    }

    [Fact]
    public void Csv_rows_are_records_by_the_header()
    {
        EvalSet set = OpenTable("id,instruction,input,output\na,\"写，\n\"\"诗\"\"\",,答\nb,Q,X,A\n");
        Assert.Equal(["user:写，\n\"诗\"", "user:Q\nX"], set.Samples.Select(sample => Text(sample.Messages)));
        Assert.Equal([("a", 2), ("b", 4)], set.Samples.Select(sample => (sample.Id, sample.Line)));
        Says(() => OpenTable("prompt,response\na,b\na,b,c\n"), "samples.csv:3:", "3 cells and the header 2");
        Says(() => OpenTable("prompt,prompt\na,b\n"), "'prompt' twice");
        Says(() => OpenTable("prompt,response\na,b\"c\n"), "samples.csv:2:", "double quote");
        Says(() => OpenTable("question,answer\na,b\n"), "samples.csv:2:", "question, answer", "no known shape");
    }

    [Fact]
    public void A_sample_s_own_system_prompt_wins()
    {
        EvalSet set = Open("""{"messages":[{"role":"system","content":"own"},{"role":"user","content":"Q"}],"references":["A"]}""", set => set["system"] = "the set's");
        Assert.Equal("system:own user:Q", Text(set.Prompt(set.Samples[0], set.Settings[0])));
    }

    [Theory]
    [InlineData("nonsense", "samples.jsonl:1:", "not valid JSON")]
    [InlineData("[1\n,\n2", "samples.jsonl:3:", "not valid JSON")]
    [InlineData("", "there is no sample")]
    [InlineData(Sample + "\n\n{\"text\":\"a\"}", "samples.jsonl:3:", "fields text", "no known shape", "alpaca")]
    [InlineData("7", "samples.jsonl:1:", "the record is 7", "an object")]
    [InlineData("""{"messages":[{"role":"teacher","content":"a"}]}""", "messages[0].role is \"teacher\"", "user, assistant")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content is missing")]
    [InlineData("""{"messages":[]}""", "no message is left")]
    [InlineData("""{"messages":[{"role":"user","content":"\ud800"}]}""", "surrogate")]
    [InlineData("""{"conversations":[{"from":"cat","value":"a"}]}""", "from is \"cat\"")]
    [InlineData("""{"prompt":"a","response":"b","history":[["x"]]}""", "history[0]", "a question and its answer")]
    [InlineData("""{"id":"","content":"a","summary":"b"}""", "id that is not empty")]
    [InlineData("""{"content":"a","summary":"b","tools":3}""", "tools is 3")]
    [InlineData("{\"id\":\"x\",\"content\":\"a\",\"summary\":\"b\"}\n{\"id\":\"x\",\"content\":\"c\",\"summary\":\"d\"}", "samples.jsonl:2:", "'x' is line 1's too")]
    [InlineData("[\n" + Sample + ",\n{\"content\":1,\"summary\":\"b\"}]", "samples.jsonl:3:", "content is 1")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}]}""", "evalset.json:", "chrf compares with references", "'line-1' (line 1)")]
    public void A_fault_in_the_samples_is_named_with_its_place(string samples, params string[] says) => Says(() => Open(samples), says);

    [Fact]
    public void A_fault_in_the_set_is_named_with_its_place()
    {
        Says(() => EvalSet.Open(Path.Combine(_folder, "absent")), "evalset.json: no such file");
        Says(() => Open(Sample, set => set["version"] = 0), "evalset.json:3: version is 0; expected a whole number, 1 or more");
        Says(() => Open(Sample, set => set["licence"] = " "), "licence", "not blank");
        Says(() => Open(Sample, set => set["metrics"] = new JsonArray()), "one metric or more");
        Says(() => Open(Sample, set => set["metrics"] = new JsonArray("blue")), "there is no metric 'blue'");
        Says(() => Open(Sample, set => set["metrics"] = new JsonArray(new JsonObject { ["name"] = "bleu", ["tokeniser"] = "zh" })), "no option 'tokeniser'");
        Says(() => Open(Sample, set => set["metrics"] = new JsonArray(new JsonObject { ["name"] = "bleu", ["tokenize"] = new JsonArray() })), "metrics[0].tokenize", "a text");
        Says(() => Open(Sample, set => set["sha256"] = "0"), "sha256 is 0", "the samples were changed");
        Says(() => Open(Sample, set => set["samples"] = "../other.jsonl"), "name of a file in the set's folder");
        Says(() => Open(Sample, set => set["samples"] = "other.jsonl"), "other.jsonl: no such file");
        Says(() => Open(Sample, set => set["shots"] = "none.jsonl"), "none.jsonl: no such file");
        Says(() => Open(Sample, set => set["axes"] = new JsonObject { ["few_shot"] = new JsonArray(1) }), "few_shot goes up to 1", "0 examples");
        Says(() => Open(Sample, set => set["axes"] = new JsonObject { ["max_source_length"] = new JsonArray(0) }), "axes.max_source_length[0] is 0");
        Says(() => Open(Sample, set => set["axes"] = new JsonObject { ["length"] = 1 }), "axes.length is not known");
        File.WriteAllText(Path.Combine(_folder, "shots.jsonl"), """{"messages":[{"role":"user","content":"a"}]}""");
        Says(() => Open(Sample, set => set["shots"] = "shots.jsonl"), "shots.jsonl:1:", "has no answer");
        File.WriteAllBytes(Path.Combine(_folder, "samples.jsonl"), [0xff]);
        File.WriteAllText(Path.Combine(_folder, "evalset.json"), $$"""{"samples":"samples.jsonl","sha256":"{{Convert.ToHexStringLower(SHA256.HashData([0xff]))}}"}""");
        Says(() => EvalSet.Open(_folder), "samples.jsonl:1: the text is not UTF-8");
    }

    static void Says(Action open, params string[] says)
    {
        string message = Assert.Throws<SuiteException>(open).Message;
        foreach (string part in says) Assert.Contains(part, message);
    }
}
