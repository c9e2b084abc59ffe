using Juxta.Web.Chat;

namespace Juxta.WebTests.Chat;

public sealed class ContextTextTests
{
    [Theory]
    [InlineData(1234, 8192, "1,234 of 8,192 tokens", "roomy", null)]
    [InlineData(1234, null, "1,234 tokens", "roomy", null)]
    [InlineData(7000, 8192, "7,000 of 8,192 tokens", "near", "Nearly full: 1,192 left")]
    [InlineData(8191, 8192, "8,191 of 8,192 tokens", "near", "Nearly full: 1 left")]
    [InlineData(8192, 8192, "8,192 of 8,192 tokens", "full", "Full: edit an earlier turn, or start a new conversation")]
    [InlineData(9000, 8192, "9,000 of 8,192 tokens", "full", "Full: edit an earlier turn, or start a new conversation")]
    public void It_says_how_full_the_context_is_and_what_to_do(int used, int? limit, string text, string level, string? advice)
    {
        var context = new ContextText(used, limit);
        Assert.Equal((text, level, advice), (context.Text, context.Level, context.Advice));
    }
}
