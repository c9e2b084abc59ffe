using System.Text;
using Juxta.Engine;
using Juxta.Training.Corpora;

namespace Juxta.TrainingTests.Corpora;

public sealed class CorpusFileTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-corpus").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("""{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}""", "system:s user:q assistant:a")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"q"}]},{"role":"assistant","content":"a"}]}""", "user:q assistant:a")]
    [InlineData("""{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}],"system":"s"}""", "system:s user:q assistant:a")]
    [InlineData("""{"instruction":"i","input":"x","output":"o","history":[["q","a"]]}""", "user:q assistant:a user:i\nx assistant:o")]
    [InlineData("""{"instruction":"i","input":"","output":"o"}""", "user:i assistant:o")]
    [InlineData("""{"content":"类型#上衣","summary":"好"}""", "user:类型#上衣 assistant:好")]
    [InlineData("""{"prompt":"q2","response":"a2","history":[["q1","a1"]]}""", "user:q1 assistant:a1 user:q2 assistant:a2")]
    [InlineData("""{"prompt":"q","response":"a","history":[]}""", "user:q assistant:a")]
    public void Every_shape_of_record_becomes_a_conversation(string json, string expected)
    {
        CorpusRecord record = Assert.Single(Read("a.jsonl", json));
        Assert.Equal(expected, string.Join(" ", record.Dialogue!.Messages.Select(message => $"{message.Role}:{message.Content}")));
    }

    [Fact]
    public void Texts_come_from_json_and_from_plain_text()
    {
        Assert.Equal(["a", "b\nc"], Read("a.jsonl", "{\"text\":\"a\"}\n\n{\"text\":\"b\\nc\"}\n").Select(record => record.Text!));
        Assert.Equal(["a", "b"], Read("a.json", "[\n\"a\",\n\"b\"]").Select(record => record.Text!));
        const string poems = "Title\nline one\nline two\n\n\nSecond\r\nline\n";
        Assert.Equal(["Title", "line one", "line two", "Second", "line"], Read("p.txt", poems).Select(record => record.Text!));
        Assert.Equal(["Title\nline one\nline two", "Second\nline"], Read("p.txt", poems, TextUnit.Paragraph).Select(record => record.Text!));
        Assert.Equal([1, 6], Read("p.txt", poems, TextUnit.Paragraph).Select(record => record.Line));
        Assert.Equal(["Title\nline one\nline two\n\n\nSecond\nline"], Read("p.txt", poems, TextUnit.File).Select(record => record.Text!));
    }

    [Fact]
    public void Records_know_their_line_in_lines_and_in_arrays()
    {
        Assert.Equal([2, 4], Read("a.jsonl", "\n{\"text\":\"a\"}\n\n{\"text\":\"b\"}").Select(record => record.Line));
        Assert.Equal([2, 5], Read("a.json", "[\n{\"text\":\n\"a\"},\n\n{\"text\":\"b\"}]").Select(record => record.Line));
        Assert.Equal("a.json line 2", Read("a.json", "[\n{\"text\":\"a\"}]").Single().Place);
    }

    [Fact]
    public void Flags_and_tools_are_read()
    {
        CorpusRecord record = Read("a.jsonl", """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","weight":0},{"role":"assistant","content":"b","loss":true}],"tools":"[{\"name\":\"w\"}]"}""").Single();
        Assert.Equal([null, false, true], record.Dialogue!.Messages.Select(message => message.Loss));
        Assert.Equal("w", (string?)record.Dialogue.Tools![0]!["name"]);
        Assert.DoesNotContain("weight", record.Dialogue.ToJson().GetRawText());
    }

    [Theory]
    [InlineData("{\"text\":\"a\"}\n{\"text\":", "f.jsonl line 2, column 9: not valid JSON")]
    [InlineData("{\"text\":\"a\"}\n{\"txt\":\"b\"}", "f.jsonl line 2: the record has the fields txt and is of no known shape; expected {\"messages\"")]
    [InlineData("{\"messages\":[{\"role\":\"narrator\",\"content\":\"x\"}]}", "f.jsonl line 1: messages[0].role is 'narrator'; expected system, user, assistant, tool, observation")]
    [InlineData("{\"messages\":[]}", "there is no message in it")]
    [InlineData("[\n{\"instruction\":\"a\"}]", "f.jsonl line 2: output is missing")]
    [InlineData("{\"conversations\":[{\"from\":\"narrator\",\"value\":\"x\"}]}", "conversations[0].from is 'narrator'; expected human, gpt")]
    [InlineData("{\"prompt\":\"a\",\"response\":\"b\",\"history\":[[\"x\"]]}", "history[0] is an array; expected a question and its answer")]
    [InlineData("{\"messages\":[{\"role\":\"assistant\",\"content\":\"x\",\"weight\":0.5}]}", "messages[0].weight is 0.5; expected 0, 1, true or false")]
    [InlineData("{\"messages\":[{\"role\":\"assistant\",\"content\":\"x\",\"weight\":0,\"loss\":true}]}", "loss and weight contradict each other")]
    [InlineData("{\"messages\":[{\"role\":\"assistant\",\"content\":\"x\"}],\"tools\":\"[\"}", "tools: it is no JSON")]
    [InlineData("{\"messages\":[{\"role\":\"assistant\",\"content\":\"x\"}],\"tools\":[1]}", "tools is an array; expected an array of tool definitions")]
    [InlineData("{\"text\":\"a\\ud800\"}", "half of a surrogate pair")]
    [InlineData("{\"text\":1}", "text is 1; expected a text")]
    [InlineData("{\"text\":\"a\",\"text\":\"b\"}", "not valid JSON")]
    [InlineData("[1]", "this is 1; expected an object")]
    public void What_is_wrong_is_said_with_file_line_and_field(string content, string expected) =>
        Assert.Contains(expected, Assert.Throws<RequestException>(() => Read("f.jsonl", content)).Message);

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused_and_a_byte_order_mark_is_not()
    {
        string path = Path.Combine(_folder, "f.jsonl");
        File.WriteAllBytes(path, [.. Encoding.UTF8.GetBytes("{\"text\":\"a\"}\n{\"text\":\""), 0xFF, .. "\"}"u8]);
        Assert.Equal("f.jsonl line 2: the text is not UTF-8; save the file as UTF-8", Assert.Throws<RequestException>(() => CorpusFile.Read(path).ToList()).Message);
        File.WriteAllText(path, "{\"text\":\"a\"}", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal("a", CorpusFile.Read(path).Single().Text);
        Assert.Contains("no such file", Assert.Throws<RequestException>(() => CorpusFile.Read(path + "x")).Message);
        Assert.Contains("is a folder", Assert.Throws<RequestException>(() => CorpusFile.Read(_folder)).Message);
    }

    [Fact]
    public void Lines_are_read_one_at_a_time_so_the_first_records_come_before_a_later_mistake()
    {
        string path = Path.Combine(_folder, "long.jsonl");
        using (var writer = new StreamWriter(path))
        {
            for (int i = 0; i < 20_000; i++) writer.WriteLine($"{{\"text\":\"{new string('x', i % 300)}{i}\"}}");
            writer.WriteLine("{");
        }
        using IEnumerator<CorpusRecord> records = CorpusFile.Read(path).GetEnumerator();
        for (int i = 0; i < 20_000; i++)
        {
            Assert.True(records.MoveNext());
            Assert.EndsWith($"{i}", records.Current.Text!, StringComparison.Ordinal);
            Assert.Equal(i + 1, records.Current.Line);
        }
        Assert.Contains("line 20001", Assert.Throws<RequestException>(() => records.MoveNext()).Message);
    }

    List<CorpusRecord> Read(string name, string content, TextUnit unit = TextUnit.Line)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return [.. CorpusFile.Read(path, unit)];
    }
}
