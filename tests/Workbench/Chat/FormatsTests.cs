using System.Text;
using System.Text.Json;
using Juxta.Engine;
using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Chat.Formats;

namespace Juxta.WorkbenchTests.Chat;

/// <summary>Conversations that people wrote or that models made travel to files and back.</summary>
public sealed class FormatsTests : IAsyncDisposable
{
    static readonly (string Role, string Text)[] Talk =
        [("user", "你好 <b>\"\\\n</b>"), ("assistant", "# Hello\n\n```\ncode\n```"), ("user", "😀"), ("assistant", "")];

    readonly TemporaryFolder _folder = new();
    readonly JuxtaWorkbench _workbench;

    public FormatsTests() => _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.File("data") });

    Conversations Conversations => _workbench.Conversations;

    public async ValueTask DisposeAsync()
    {
        await _workbench.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("juxta")]
    [InlineData("messages")]
    [InlineData("sharegpt")]
    [InlineData("alpaca")]
    public async Task What_a_format_writes_it_reads(string format)
    {
        Guid first = await Write(new ConversationSettings { SystemPrompt = "Sei freundlich." }, Talk), second = await Write(new(), ("user", "a"), ("assistant", "b"));
        ExportedFile file = await Conversations.ExportAsync(format, [first, second]);
        Assert.Empty(file.LeftOut);
        IReadOnlyList<Guid> ids = await Import(format, file.Content);
        Assert.Equal(2, ids.Count);
        Assert.Equal(Talk, await Turns(ids[0]));
        Assert.Equal([("user", "a"), ("assistant", "b")], await Turns(ids[1]));
        Conversation read = await Conversations.GetAsync(ids[0]);
        Assert.Equal("Sei freundlich.", read.Settings.SystemPrompt);
        Assert.Equal("你好 <b>\"\\ </b>", read.Title);
        Assert.Equal(file.Content, (await Conversations.ExportAsync(format, ids)).Content);
        if (format != "juxta") Assert.Equal(ids, (await Conversations.ListAsync()).Take(2).Select(summary => summary.Id));
    }

    [Theory]
    [InlineData("juxta")]
    [InlineData("messages")]
    [InlineData("sharegpt")]
    public async Task Every_role_and_the_tools_are_kept(string format)
    {
        (string, string)[] talk = [("user", "u"), ("tool", "t"), ("observation", "o"), ("system", "s"), ("assistant", "a"), ("assistant", "b")];
        Guid id = await Write(new ConversationSettings { Tools = """[{"type":"function"}]""" }, talk);
        Guid read = (await Import(format, (await Conversations.ExportAsync(format, [id])).Content))[0];
        Assert.Equal(talk, await Turns(read));
        Assert.Equal("""[{"type":"function"}]""", (await Conversations.GetAsync(read)).Settings.Tools);
    }

    [Theory]
    [InlineData("juxta")]
    [InlineData("messages")]
    [InlineData("sharegpt")]
    [InlineData("alpaca")]
    public async Task A_file_shows_by_itself_which_format_it_has(string format)
    {
        Guid id = await Write(new(), Talk);
        ExportedFile file = await Conversations.ExportAsync(format, [id]);
        Guid read = Assert.Single(await Import(null, file.Content));
        Assert.Equal(Talk, (await Conversations.GetAsync(read)).Messages.Select(message => (message.Role, message.Content)));
    }

    [Theory]
    [InlineData("[{\"text\": \"hi\"}]", "line 1: this is no conversation in a form that is read; expected an object with \"format\"")]
    [InlineData("\n[[1]]", "line 2: this is no conversation")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}\n{\"instruction\": \"a\", \"output\": \"b\"}", "line 2: messages is missing")]
    [InlineData("[]", "has no conversation in it")]
    [InlineData("", "has no conversation in it")]
    public async Task A_file_that_shows_no_known_format_is_refused_with_its_line(string text, string message)
    {
        var error = await Assert.ThrowsAsync<RequestException>(() => Import(null, Encoding.UTF8.GetBytes(text)));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public async Task Training_formats_look_as_trainers_expect()
    {
        Guid id = await Write(new ConversationSettings { SystemPrompt = "S" }, ("user", "一"), ("assistant", "1"), ("user", "二"), ("assistant", "2"));
        Assert.Equal(
            """{"messages":[{"role":"system","content":"S"},{"role":"user","content":"一"},{"role":"assistant","content":"1"},{"role":"user","content":"二"},{"role":"assistant","content":"2"}]}""" + "\n",
            await Text("messages", id));
        Assert.Equal(
            """[{"conversations":[{"from":"system","value":"S"},{"from":"human","value":"一"},{"from":"gpt","value":"1"},{"from":"human","value":"二"},{"from":"gpt","value":"2"}]}]""",
            Compact(await Text("sharegpt", id)));
        Assert.Equal("""[{"instruction":"二","input":"","output":"2","system":"S","history":[["一","1"]]}]""", Compact(await Text("alpaca", id)));
        Assert.Equal("# 一\n\n## System\n\nS\n\n## User\n\n一\n\n## Assistant\n\n1\n\n## User\n\n二\n\n## Assistant\n\n2\n", await Text("markdown", id));

        static string Compact(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement, FormatJson.Compact);
    }

    [Fact]
    public async Task Message_fields_such_as_tool_calls_are_kept_by_messages_and_reach_the_template()
    {
        const string Line = """{"messages":[{"role":"user","content":"Weather?"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","function":{"name":"w"}}]},{"role":"tool","content":[{"type":"text","text":"su"},{"type":"text","text":"n"}],"tool_call_id":"c1"}],"tools":[]}""";
        Guid id = (await Import("messages", Line))[0];
        Conversation read = await Conversations.GetAsync(id);
        Assert.Equal("""{"tool_calls":[{"id":"c1","function":{"name":"w"}}]}""", read.Messages[1].Fields);
        Assert.Equal(("", "sun"), (read.Messages[1].Content, read.Messages[2].Content));
        Assert.Equal(
            """{"messages":[{"role":"user","content":"Weather?"},{"role":"assistant","content":"","tool_calls":[{"id":"c1","function":{"name":"w"}}]},{"role":"tool","content":"sun","tool_call_id":"c1"}]}""" + "\n",
            await Text("messages", id));
        Guid own = (await Import("juxta", (await Conversations.ExportAsync("juxta", [id])).Content))[0];
        Assert.Equal(read.Messages.Select(message => message.Fields), (await Conversations.GetAsync(own)).Messages.Select(message => message.Fields));
        Assert.Contains("tool_calls", (await Assert.ThrowsAsync<RequestException>(() => Text("sharegpt", id))).Message);
    }

    [Fact]
    public async Task What_a_format_cannot_hold_is_left_out_by_name()
    {
        Guid good = await Write(new(), ("user", "good"), ("assistant", "x"));
        await Write(new(), ("user", "waiting"));
        await Write(new(), ("user", "tooled"), ("tool", "x"));
        await Conversations.CreateAsync(new(), "empty");
        await Write(new ConversationSettings { Tools = "[{}]" }, ("user", "tools"), ("assistant", "x"));
        ExportedFile file = await Conversations.ExportAsync("alpaca");
        Assert.Equal("conversations.json", file.Name);
        Assert.Single(JsonDocument.Parse(file.Content).RootElement.EnumerateArray());
        Assert.Equal(
            [
                "'tools' cannot be written as Alpaca (instruction, output, history): alpaca has no place for its tool definitions",
                "'empty' cannot be written as Alpaca (instruction, output, history): it has no message",
                "'tooled' cannot be written as Alpaca (instruction, output, history): its turn 2 is the tool's, and alpaca has only questions and answers in turn",
                "'waiting' cannot be written as Alpaca (instruction, output, history): its last question has no answer",
            ],
            file.LeftOut);
        Assert.Equal("good.json", (await Conversations.ExportAsync("alpaca", [good])).Name);
        Assert.Equal(5, (await Import("juxta", (await Conversations.ExportAsync("juxta")).Content)).Count);
    }

    [Theory]
    [InlineData("messages", "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}\n\n{\"messages\":[{\"role\":\"user\"}]}\n", "f line 3: messages[0].content is missing")]
    [InlineData("messages", "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}\n{\"messages\":[{\"role\":\"user\",\"con\n", "f line 2, column")]
    [InlineData("messages", "{\"messages\":[{\"role\":\"judge\",\"content\":\"a\"}]}", "f line 1: messages[0].role is 'judge'; expected system, user, assistant, tool, observation")]
    [InlineData("messages", "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}", "messages[0].content[0].type is 'image_url'; expected text")]
    [InlineData("messages", "{\"messages\":[]}", "f line 1: messages: there is no message in it")]
    [InlineData("messages", "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"tools\":[1]}", "f line 1: tools: the tool definitions are an array whose entry 0 is a number")]
    [InlineData("messages", "[1]", "f line 1: this is 1; expected an object")]
    [InlineData("messages", "", "f has no conversation in it")]
    [InlineData("sharegpt", "[\n {\"conversations\": [\n  {\"from\": \"human\", \"value\": \"a\"},\n  {\"from\": \"gpt\",\n   \"value\": 5}\n ]}\n]", "f line 5: conversations[1].value is 5; expected a text")]
    [InlineData("sharegpt", "[\n {\"conversations\": [\n  {\"from\": \"alien\", \"value\": \"a\"}]}]", "f line 3: conversations[0].from is 'alien'; expected human, gpt")]
    [InlineData("sharegpt", "[{\"conversations\": []}]", "f line 1: conversations: there is no turn in it")]
    [InlineData("sharegpt", "[\n{\"conversations\": {}}]", "f line 2: conversations is an object; expected an array")]
    [InlineData("alpaca", "[{\"instruction\": \"a\", \"output\": \"b\"},\n{\"instruction\": \"a\"}]", "f line 2: output is missing")]
    [InlineData("alpaca", "[{\"instruction\": \"a\", \"output\": \"b\",\n\"history\": [[\"q\"]]}]", "f line 2: history[0] is an array; expected a question and its answer")]
    [InlineData("alpaca", "{\"instruction\": \"a\", \"instruction\": \"b\", \"output\": \"b\"}", "f line 1")]
    [InlineData("juxta", "{}", "f line 1: format is missing")]
    [InlineData("juxta", "{\"format\": \"juxta-conversations\",\n\"version\": 2}", "f line 2: version is 2; expected 1; a newer juxta wrote this file")]
    [InlineData("juxta", "{\"format\": \"other\", \"version\": 1}", "format is 'other'; expected juxta-conversations")]
    [InlineData("markdown", "# a", "not read from this format; use juxta, messages, sharegpt, alpaca")]
    [InlineData("docx", "", "'docx' is no format of conversations; there are juxta, markdown, messages, sharegpt, alpaca")]
    public async Task A_file_that_is_at_fault_says_where_and_adds_nothing(string format, string text, string message)
    {
        Assert.Contains(message, (await Assert.ThrowsAsync<RequestException>(() => Import(format, text))).Message);
        Assert.Empty(await Conversations.ListAsync());
    }

    [Theory]
    [InlineData("\"parent\":null,", "\"parent\":0,", "line 3: conversations[0].messages[0].parent is 0; expected null, for no message stands before it")]
    [InlineData("\"parent\":0,", "\"parent\":1,", "line 4: conversations[0].messages[1].parent is 1; expected the index of a message, 0 to 0")]
    [InlineData("\"leaf\":1,", "\"leaf\":7,", "line 2: conversations[0].leaf is 7; expected the index of a message, 0 to 1")]
    [InlineData("\"leaf\":1,", "", "line 2: conversations[0]: leaf is missing")]
    [InlineData("\"role\":\"user\"", "\"role\":\"x\"", "line 3: conversations[0].messages[0].role is 'x'")]
    [InlineData("\"text\":\"a\"", "\"text\":\"a\",\"colour\":1", "line 3: conversations[0].messages[0].colour is not known; the fields here are parent, role")]
    [InlineData("\"adapters\":[]", "\"adapters\":[null]", "line 2: conversations[0].settings: an entry of a list is null")]
    [InlineData("\"adapters\":[]", "\"adapters\":null", "line 2: conversations[0].settings: ")]
    [InlineData("\"adapters\":[]", "\"adapters\":[],\"mood\":1", "line 2: conversations[0].settings: The JSON property 'mood'")]
    [InlineData("\"adapters\":[]", "\"adapters\":[],\"tools\":\"{\"", "line 2: conversations[0].settings: the tool definitions are not valid JSON")]
    public async Task Our_own_format_is_checked_before_it_is_believed(string good, string bad, string message)
    {
        Guid id = await Write(new(), ("user", "a"), ("assistant", "b"));
        string text = Encoding.UTF8.GetString((await Conversations.ExportAsync("juxta", [id])).Content);
        Assert.Contains(good, text);
        int at = text.IndexOf(good, StringComparison.Ordinal);
        string broken = text[..at] + bad + text[(at + good.Length)..];
        Assert.Contains("f " + message, (await Assert.ThrowsAsync<RequestException>(() => Import("juxta", broken))).Message);
        Assert.Single(await Conversations.ListAsync());
    }

    [Fact]
    public async Task Files_are_read_as_they_are_found()
    {
        Assert.Equal([("user", "do\nthis"), ("assistant", "b")], await Turns((await Import("alpaca", """{"instruction": "do", "input": "this", "output": "b"}"""))[0]));
        Assert.Equal(2, (await Import("alpaca", "{\"instruction\":\"a\",\"output\":\"b\"}\r\n{\"instruction\":\"a\",\"output\":\"b\"}\r\n")).Count);
        Assert.Equal(2, (await Import("sharegpt", "\uFEFF{\"conversations\":[{\"from\":\"user\",\"value\":\"x\"}]}\n{\"conversations\":[{\"from\":\"user\",\"value\":\"y\"}]}")).Count);
        Guid id = (await Import("sharegpt", """[{"id": "7", "system": "S", "tools": "[{\"a\": 1}]", "conversations": [{"from": "human", "value": "x"}, {"from": "function_call", "value": "{}"}]}]"""))[0];
        Conversation read = await Conversations.GetAsync(id);
        Assert.Equal(("S", "[{\"a\": 1}]"), (read.Settings.SystemPrompt, read.Settings.Tools));
        Assert.Equal([("user", "x"), ("assistant", "{}")], await Turns(id));
        byte[] latin = [.. "{\"instruction\":\"a\",\n\"output\":\""u8, 0xE9, .. "\"}"u8];
        Assert.Equal("f line 2: the text is not UTF-8; save the file as UTF-8", (await Assert.ThrowsAsync<RequestException>(() => Import("alpaca", latin))).Message);
    }

    [Fact]
    public async Task Exporting_what_is_not_there_is_refused()
    {
        await Assert.ThrowsAsync<NotFoundException>(() => Conversations.ExportAsync("juxta", [Guid.NewGuid()]));
        Assert.Equal("there is no conversation to export", (await Assert.ThrowsAsync<RequestException>(() => Conversations.ExportAsync("juxta"))).Message);
        await Assert.ThrowsAsync<RequestException>(() => Conversations.ExportAsync("docx"));
    }

    [Theory]
    [InlineData("../../etc/passwd", "etc-passwd.md")]
    [InlineData("问题: a?", "问题-a.md")]
    [InlineData("", "conversation.md")]
    public async Task A_file_is_named_after_its_conversation(string title, string name)
    {
        Guid id = (await Conversations.CreateAsync(new(), title)).Id;
        Assert.Equal(name, (await Conversations.ExportAsync("markdown", [id])).Name);
    }

    async Task<Guid> Write(ConversationSettings settings, params (string Role, string Text)[] turns)
    {
        Guid id = (await Conversations.CreateAsync(settings)).Id;
        foreach ((string role, string text) in turns) await Conversations.AddAsync(id, role, text);
        return id;
    }

    async Task<IEnumerable<(string, string)>> Turns(Guid id) => (await Conversations.GetAsync(id)).Messages.Select(message => (message.Role, message.Content));

    async Task<string> Text(string format, Guid id) => Encoding.UTF8.GetString((await Conversations.ExportAsync(format, [id])).Content);

    Task<IReadOnlyList<Guid>> Import(string? format, string text) => Import(format, Encoding.UTF8.GetBytes(text));

    Task<IReadOnlyList<Guid>> Import(string? format, byte[] content) => Conversations.ImportAsync(format, "f", new MemoryStream(content));
}
