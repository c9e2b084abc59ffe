using Juxta.Web.Chat.Messages;

namespace Juxta.WebTests.Chat;

public sealed class AnswerPartsTests
{
    [Theory]
    [InlineData("<think>\nhm **so**\n</think>\n\nThe *answer*.", false, "hm <strong>so</strong>", "The <em>answer</em>.")]
    [InlineData("\n <think>a</think>b", false, "a", "b")]
    [InlineData("a</think>b <think>c</think>", true, "a", "b &lt;think&gt;c&lt;/think&gt;")]
    [InlineData("<think>a</think>b", true, "a", "b")]
    [InlineData("never ends </thin", true, "never ends &lt;/thin", "")]
    [InlineData("The `<think>` tag, and </think>", false, null, "The <code>&lt;think&gt;</code> tag, and &lt;/think&gt;")]
    [InlineData("<thin", false, null, "&lt;thin")]
    [InlineData("<think>```\ncode</think>after", false, "code", "after")]
    [InlineData("", true, "", "")]
    public void A_thought_is_told_from_the_answer_however_the_text_arrives(string text, bool opened, string? thought, string answer)
    {
        for (int step = 1; step <= text.Length + 1; step++)
        {
            var parts = new AnswerParts(opened);
            for (int end = 0; end < text.Length; end += step)
            {
                int length = end;
                parts.Update(start => text[start..length], ended: false);
                // Half a closing tag is never shown.
                Assert.DoesNotContain("&lt;/", Html(parts.Thought) ?? "", StringComparison.Ordinal);
            }
            parts.Update(start => text[start..], ended: true);
            Assert.Equal(thought is null, parts.Thought is null);
            if (thought is not null) Assert.Contains(thought, Html(parts.Thought)!, StringComparison.Ordinal);
            Assert.Contains(answer, Html(parts.Answer)!, StringComparison.Ordinal);
            if (answer.Length == 0) Assert.Equal("", Html(parts.Answer));
        }
    }

    static string? Html(Web.Markdown.MarkdownBlocks? blocks) => blocks is null ? null : string.Concat(blocks.Finished) + blocks.Open;
}
