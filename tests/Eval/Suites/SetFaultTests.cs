using System.Text;
using System.Text.Json.Nodes;
using Juxta.Eval.Suites;

namespace Juxta.EvalTests.Suites;

/// <summary>Faults of evalset.json itself that EvalSetTests does not provoke.</summary>
public sealed class SetFaultTests : IDisposable
{
    const string Sample = """{"content":"q","summary":"a"}""";

    readonly SetFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A field's value as JSON; the fields stand one a line in the order id, version, language, source, licence, task, metrics, samples, sha256.</summary>
    [Theory]
    [InlineData("id", "4", 2, "id is 4; expected a text")]
    [InlineData("version", "\"1\"", 3, "version is \"1\"; expected a whole number, 1 or more")]
    [InlineData("version", "1.5", 3, "version is 1.5; expected a whole number, 1 or more")]
    [InlineData("language", "\"\"", 4, "language is \"\"; expected a text that is not blank")]
    [InlineData("source", "[]", 5, "source is []; expected a text")]
    [InlineData("task", "\"\\t\"", 7, "expected a text that is not blank")]
    [InlineData("metrics", "\"bleu\"", 8, "metrics is \"bleu\"; expected a list")]
    [InlineData("metrics", "[3]", 9, "metrics[0] is 3; expected an object")]
    [InlineData("metrics", """[{"tokenize":"zh"}]""", 9, "the field metrics[0].name is missing")]
    [InlineData("metrics", """[{"name":"bleu","max_ngram_order":1e300}]""", 9, "max_ngram_order")]
    [InlineData("metrics", """[{"name":"bleu","tokenize":"klingon"}]""", 9, "klingon")]
    [InlineData("metrics", """[{"name":"bleu","lowercase":"maybe"}]""", 9, "lowercase")]
    [InlineData("generation", "[1]", 13, "expected an object")]
    [InlineData("generation", """{"temprature":0}""", 14, "the field generation.temprature is not known; here are temperature, top_p")]
    [InlineData("generation", """{"temperature":-1}""", 14, "generation.temperature is -1; expected a number, 0 or more")]
    [InlineData("generation", """{"top_p":0}""", 14, "generation.top_p is 0; expected a number above 0 and up to 1")]
    [InlineData("generation", """{"top_k":1.5}""", 14, "expected a whole number, 0 or more")]
    [InlineData("generation", """{"max_tokens":0}""", 14, "expected a whole number, 1 or more")]
    [InlineData("generation", """{"seed":"x"}""", 14, "generation.seed is \"x\"; expected a whole number")]
    [InlineData("generation", """{"stop":"END"}""", 14, "generation.stop is \"END\"; expected a list of texts")]
    [InlineData("generation", """{"stop":[""]}""", 14, "expected a list of texts that are not empty")]
    [InlineData("system", "{}", 13, "system is {}; expected a text")]
    [InlineData("shots", "7", 13, "shots is 7; expected a text")]
    [InlineData("shots", "\"../evil.jsonl\"", 13, "expected the name of a file in the set's folder")]
    [InlineData("shots", "\"\"", 13, "expected the name of a file in the set's folder")]
    [InlineData("shots", "\"a\\u0000b\"", 13, "expected the name of a file in the set's folder")]
    [InlineData("axes", "3", 13, "axes is 3; expected an object")]
    [InlineData("axes", """{"history_turns":2}""", 14, "axes.history_turns is 2; expected a list")]
    [InlineData("axes", """{"max_target_length":["long"]}""", 15, "axes.max_target_length[0] is \"long\"; expected a whole number, 1 or more")]
    [InlineData("licens", "\"x\"", 13, "the field licens is not known")]
    public void A_field_is_named_with_its_line(string field, string value, int line, string says)
    {
        string message = Assert.Throws<SuiteException>(() => _folder.Open("samples.jsonl", Sample, set => set[field] = JsonNode.Parse(value))).Message;
        Assert.StartsWith($"{_folder.File(EvalSet.FileName)}:{line}: ", message);
        Assert.Contains(says, message);
    }

    [Theory]
    [InlineData("[]", "evalset.json:1: the record is []; expected an object")]
    [InlineData("{\"id\":\"a\",\n\"id\":\"b\"}", "evalset.json:2: the field 'id' stands twice")]
    [InlineData("{\"id\":\"a\",\n\"version\" 1}", "evalset.json:2: not valid JSON")]
    [InlineData("{\n\"\\udc00\":1}", "evalset.json:2: the name of a field holds half of a surrogate pair")]
    [InlineData("", "evalset.json:1: not valid JSON")]
    public void What_is_no_set_is_named_with_its_line(string json, string says)
    {
        File.WriteAllText(_folder.File(EvalSet.FileName), json);
        Assert.Contains(says, Assert.Throws<SuiteException>(() => EvalSet.Open(_folder.Path)).Message);
    }

    [Fact]
    public void Bytes_and_folders_in_place_of_a_file_are_named()
    {
        File.WriteAllBytes(_folder.File(EvalSet.FileName), [.. Encoding.UTF8.GetBytes("{\"id\":\n\""), 0xfe, (byte)'"', (byte)'}']);
        Assert.Contains("evalset.json:2: the text is not UTF-8", Assert.Throws<SuiteException>(() => EvalSet.Open(_folder.Path)).Message);
        Directory.CreateDirectory(_folder.File("inner"));
        Assert.Contains("inner: it cannot be read", Assert.Throws<SuiteException>(() => _folder.Open("samples.jsonl", Sample, set => set["samples"] = "inner")).Message);
    }
}
