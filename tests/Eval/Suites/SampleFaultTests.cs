using System.Text;
using Juxta.Eval.Suites;

namespace Juxta.EvalTests.Suites;

/// <summary>Every fault that a file of samples can have, in each shape, is named with file and line.</summary>
public sealed class SampleFaultTests : IDisposable
{
    readonly SetFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The faulty record stands on the third line, after a good one and an empty line.</summary>
    [Theory]
    [InlineData("""{"messages":3}""", "messages is 3; expected a list")]
    [InlineData("""{"messages":["hello"]}""", "messages[0] is \"hello\"; expected an object")]
    [InlineData("""{"messages":[{"content":"a"}]}""", "the field messages[0].role is missing")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"tool"}]}""", "the field messages[1].content is missing")]
    [InlineData("""{"messages":[{"role":"user","content":["a"]}]}""", "messages[0].content is [\"a\"]; expected a text")]
    [InlineData("""{"messages":[{"role":"boss","content":"a"}]}""", "messages[0].role is \"boss\"; expected system, user, assistant, tool, observation")]
    [InlineData("""{"messages":[{"role":"system","content":"a"}]}""", "no message is left to answer")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"references":"b"}""", "references is \"b\"; expected a list")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"references":["b",1]}""", "references[1] is 1; expected a text")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"references":["b"],"tags":{}}""", "tags is {}; expected a list")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"references":["b"],"id":[1]}""", "id is [1]; expected a text")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"references":["b"],"tools":{"name":"x"}}""", "tools is {\"name\":\"x\"}; expected a list of tool definitions")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"messages":[]}""", "the field 'messages' stands twice")]
    [InlineData("""{"\ud800":1,"messages":[]}""", "the name of a field holds half of a surrogate pair")]
    [InlineData("""{"conversations":{}}""", "conversations is {}; expected a list")]
    [InlineData("""{"conversations":[{"value":"a"}]}""", "the field conversations[0].from is missing")]
    [InlineData("""{"conversations":[{"from":"human"}]}""", "the field conversations[0].value is missing")]
    [InlineData("""{"conversations":[{"from":"human","value":7}]}""", "conversations[0].value is 7; expected a text")]
    [InlineData("""{"conversations":[{"from":"robot","value":"a"}]}""", "conversations[0].from is \"robot\"; expected human, user, gpt")]
    [InlineData("""{"conversations":[{"from":"gpt","value":"a"}]}""", "no message is left to answer")]
    [InlineData("""{"conversations":[{"from":"human","value":"a"}],"system":1}""", "system is 1; expected a text")]
    [InlineData("""{"instruction":5,"output":"a"}""", "instruction is 5; expected a text")]
    [InlineData("""{"instruction":"a","input":5,"output":"b"}""", "input is 5; expected a text")]
    [InlineData("""{"instruction":"a","output":["b"]}""", "output is [\"b\"]; expected a text")]
    [InlineData("""{"instruction":"a","output":"b","history":"c"}""", "history is \"c\"; expected a list")]
    [InlineData("""{"instruction":"a","output":"b","history":[["q","a"],["q"]]}""", "history[1] is [\"q\"]; expected a question and its answer")]
    [InlineData("""{"instruction":"a","output":"b","history":[["q",null]]}""", "history[0][1] is null; expected a text")]
    [InlineData("""{"summary":"a"}""", "the field content is missing")]
    [InlineData("""{"content":"a","summary":false}""", "summary is false; expected a text")]
    [InlineData("""{"response":"a"}""", "the field prompt is missing")]
    [InlineData("""{"prompt":"a","response":2}""", "response is 2; expected a text")]
    [InlineData("""{"prompt":"a","response":"b","history":[{"q":"a"}]}""", "history[0] is {\"q\":\"a\"}; expected a list")]
    [InlineData("""{"question":"a","answer":"b"}""", "the record has the fields question, answer and is of no known shape")]
    [InlineData("[]", "the record is []; expected an object")]
    public void A_faulty_record_is_named_by_file_line_and_field(string record, string says)
    {
        Says(() => _folder.Open("samples.jsonl", "{\"content\":\"q\",\"summary\":\"a\"}\n\n" + record + "\n"), "samples.jsonl:3: ", says);
        Says(() => _folder.Open("samples.json", "[{\"content\":\"q\",\"summary\":\"a\"},\n\n" + record + "\n]"), "samples.json:3: ", says);
    }

    [Theory]
    [InlineData("prompt,prompt\na,b\n", 1, "the header has the column 'prompt' twice")]
    [InlineData("prompt,re\"sponse\na,b\n", 1, "a double quote stands in the middle of a cell")]
    [InlineData("prompt,response\n\n\na,b,c\n", 4, "the row has 3 cells and the header 2")]
    [InlineData("prompt,response\n\"a\n\nb\",c\nd\n", 5, "the row has 1 cells and the header 2")]
    [InlineData("prompt,response\r\n\"a\r\nb\",c\r\n\"d\r\ne\",f,g\r\n", 4, "the row has 3 cells")]
    [InlineData("prompt,response\na,b\n,c\n", 3, "the field prompt is missing")]
    [InlineData("instruction,output,history\na,b,c\n", 2, "history is \"c\"; expected a list")]
    [InlineData("content,summary,id\na,b,1\n\nc,d,1\n", 4, "the id '1' is line 2's too")]
    [InlineData("conversations,system\na,b\n", 2, "conversations is \"a\"; expected a list")]
    [InlineData("q,a\nb,c\n", 2, "the record has the fields q, a and is of no known shape")]
    public void A_faulty_row_is_named_by_file_and_line(string table, int line, string says) => Says(() => _folder.Open("samples.csv", table), $"samples.csv:{line}: ", says);

    [Theory]
    [InlineData("samples.csv", "prompt,response\na,b\nc,")]
    [InlineData("samples.json", "[{\"content\":\"a\",\"summary\":\"b\"},\n\n{\"content\":\"")]
    [InlineData("samples.jsonl", "{\"content\":\"a\",\"summary\":\"b\"}\n\n{\"content\":\"")]
    public void Bytes_that_are_not_UTF8_are_named_by_their_line(string name, string before)
    {
        _folder.Write(name, [.. Encoding.UTF8.GetBytes(before), 0xff, (byte)'\n']);
        Says(() => EvalSet.Open(_folder.Path), $"{name}:3: the text is not UTF-8");
    }

    [Theory]
    [InlineData("[{\"content\":\"a\",\"summary\":\"b\"},\n]", 2)]
    [InlineData("[{\"content\":\"a\",\"summary\":\"b\"}]\n\n{}", 3)]
    [InlineData("[{\"content\":\"a\",\"summary\":\"b\"}\n", 2)]
    public void A_list_that_does_not_end_well_is_named_by_its_line(string list, int line) => Says(() => _folder.Open("samples.json", list), $"samples.json:{line}: not valid JSON");

    [Fact]
    public void A_long_list_is_read_in_one_pass()
    {
        string list = "[\n" + string.Join(",\n", Enumerable.Range(0, 50_000).Select(i => $$"""{"instruction":"question {{i}}","input":"","output":"answer"}""")) + "\n]";
        Assert.Equal((50_000, 50_001), (_folder.Open("samples.json", list).Samples.Count, EvalSet.Open(_folder.Path).Samples[^1].Line));
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over_and_rows_after_blank_lines_keep_their_line()
    {
        Assert.Equal([(2, "line-2"), (5, "line-5")], _folder.Open("samples.csv", "\ufeffprompt,response\n\"a\nb\",c\n\nd,e\n").Samples.Select(sample => (sample.Line, sample.Id)));
        Assert.Single(_folder.Open("samples.jsonl", "\ufeff{\"content\":\"a\",\"summary\":\"b\"}").Samples);
        File.WriteAllText(_folder.File(EvalSet.FileName), File.ReadAllText(_folder.File(EvalSet.FileName)), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal("s", EvalSet.Open(_folder.Path).Id);
    }

    static void Says(Action open, params string[] says)
    {
        string message = Assert.Throws<SuiteException>(open).Message;
        foreach (string part in says) Assert.Contains(part, message);
    }
}
