using Juxta.Engine;
using Juxta.Web.Models;
using Juxta.Workbench.Chat;

namespace Juxta.WebTests.Models;

/// <summary>What a person may type as a conversation.</summary>
public sealed class ConversationTextTests
{
    [Fact]
    public void Lines_that_begin_with_a_role_are_turns()
    {
        ChatPrompt prompt = ConversationText.Read("\nsystem: Be brief.\nuser: Hello\r\n\r\nNote: two lines\nassistant:\nuser:  again \n");
        Assert.Equal([new("system", "Be brief."), new("user", "Hello\n\nNote: two lines"), new("assistant", ""), new("user", "again")], prompt.Messages);
    }

    [Fact]
    public void A_list_of_messages_is_taken_as_the_api_takes_it()
    {
        ChatPrompt prompt = ConversationText.Read("""
            [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
             {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "clock"}}]}, {"role": "tool", "name": "clock", "content": "12:00"},]
            """);
        Assert.Equal([("user", "ab"), ("assistant", ""), ("tool", "12:00")], prompt.Messages.Select(message => (message.Role, message.Content)));
        Assert.Null(prompt.Messages[0].Fields);
        Assert.Equal("clock", prompt.Messages[1].Fields!["tool_calls"]![0]!["function"]!["name"]!.GetValue<string>());
        Assert.Equal("{\"name\":\"clock\"}", prompt.Messages[2].Fields!.ToJsonString());
    }

    [Fact]
    public void An_object_may_bring_tools_and_variables_of_the_template()
    {
        ChatPrompt prompt = ConversationText.Read("""{"messages": [{"role": "user", "content": "Hi"}], "tools": [{"type": "function"}], "enable_thinking": false}""");
        Assert.Equal("[{\"type\":\"function\"}]", prompt.Tools!.ToJsonString());
        Assert.Equal("{\"enable_thinking\":false}", prompt.Variables!.ToJsonString());
        Assert.Null(ConversationText.Read("[{\"role\": \"user\"}]").Variables);
    }

    [Theory]
    [InlineData("  ", "there is no message")]
    [InlineData("Hello", "begins with no role: write turns such as")]
    [InlineData("[]", "there is no message")]
    [InlineData("[{\"role\": \"user\",\n \"content\" \"Hi\"}]", "not valid at line 2")]
    [InlineData("[{\"role\": \"user\", \"role\": \"user\"}]", "gives a key twice")]
    [InlineData("[3]", "message 1 is no object")]
    [InlineData("[{\"role\": \"user\"}, {\"content\": \"Hi\"}]", "message 2 has no \"role\"")]
    [InlineData("[{\"role\": \"\", \"content\": \"Hi\"}]", "message 1 has no \"role\"")]
    [InlineData("[{\"role\": \"user\", \"content\": 3}]", "the \"content\" of message 1 is no text")]
    [InlineData("[{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]", "message 1 has a part that is not text")]
    [InlineData("{\"tools\": []}", "no list \"messages\"")]
    [InlineData("{\"messages\": [{\"role\": \"user\"}], \"tools\": {}}", "\"tools\" is not a list")]
    public void What_is_no_conversation_says_what_is_missing(string text, string message)
    {
        var error = Assert.Throws<RequestException>(() => ConversationText.Read(text));
        Assert.Equal("the conversation", error.Parameter);
        Assert.Contains(message, error.Message);
    }
}
