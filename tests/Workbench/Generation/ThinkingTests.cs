using Juxta.Engine.Generation;
using Juxta.Workbench.Generation;

namespace Juxta.WorkbenchTests.Generation;

public sealed class ThinkingTests
{
    [Theory]
    [InlineData("<think>ab</think>\n\nc", false, "c")]
    [InlineData("  <think>ab", false, "")]
    [InlineData("ab</think>c", true, "c")]
    [InlineData("ab</think>c", false, "ab</think>c")]
    [InlineData("see <think>", false, "see <think>")]
    [InlineData("<thinking>", false, "<thinking>")]
    public void The_answer_is_what_follows_the_thought(string text, bool opened, string answer) => Assert.Equal(answer, Thinking.Without(text, opened));

    [Theory]
    [InlineData("<|Assistant|><think>\n", true)]
    [InlineData("<think>", true)]
    [InlineData("<think>\n\n</think>\n\n", false)]
    [InlineData("", false)]
    public void A_prompt_that_ends_in_the_tag_opens_a_thought(string prompt, bool open) => Assert.Equal(open, Thinking.IsOpenAfter(prompt));

    [Fact]
    public void A_thought_counts_the_tokens_that_wrote_it()
    {
        GeneratedToken[] tokens = [.. new[] { "<think>", "one", "", " two", "</think>", "answer" }.Select((text, id) => new GeneratedToken { Id = id, Text = text })];
        string text = string.Concat(tokens.Select(token => token.Text));
        Thinking thought = Thinking.Find(text)!;
        Assert.Equal("one two", text[thought.Start..thought.End!.Value]);
        Assert.Equal(4, Thinking.CountTokens(tokens, thought.End.Value));
        Assert.Null(Thinking.CountTokens([new GeneratedToken { Text = "<think>earlier" }, .. tokens], 14));
    }
}
