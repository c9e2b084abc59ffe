using Juxta.Engine.Generation;
using Juxta.Web.Chat.Messages;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;

namespace Juxta.WebTests.Chat;

public sealed class OutcomeTextTests
{
    [Theory]
    [InlineData("eos:2", 34, "The model ended it: end-of-sequence id 2")]
    [InlineData("stop:\nUser:", 34, "Ended by the stop string “\\nUser:”")]
    [InlineData("stop_id:7", 34, "Ended by the stop id 7")]
    [InlineData("length", 34, "Cut at 34 tokens: the limit or the context was reached, the model had not finished")]
    [InlineData("length", 1, "Cut at 1 token: the limit or the context was reached, the model had not finished")]
    [InlineData("repetition", 34, "Stopped because it repeated itself")]
    [InlineData("cancelled", 34, "Cancelled before the model had finished")]
    [InlineData("cancelled:server stopped", 34, "Cancelled before the model had finished (server stopped)")]
    [InlineData("error:out of memory", 34, "Failed: out of memory")]
    [InlineData("error", 34, "Failed")]
    public void Every_outcome_has_its_words(string outcome, int tokens, string words) =>
        Assert.Equal(words, OutcomeText.Describe(Outcome.Parse(outcome), tokens, model: null));

    [Fact]
    public void A_continued_answer_counts_what_was_added() =>
        Assert.Equal("Cut at 8 more tokens: the limit or the context was reached, the model had not finished", OutcomeText.Describe(Outcome.Length, 8, model: null, continued: true));

    [Fact]
    public void No_way_of_ending_is_without_words()
    {
        string[] words = [.. Enum.GetValues<OutcomeKind>().Select(kind => OutcomeText.Describe(new Outcome(kind), 3, model: null))];
        Assert.Equal(words.Length, words.Distinct().Count());
        Assert.All(words, text => Assert.True(char.IsUpper(text[0]), text));
    }

    [Theory]
    [InlineData(2, "</s>", new[] { "config.json", "generation_config.json" }, "2 </s> (config.json, generation_config.json)")]
    [InlineData(2, null, new string[0], "2")]
    [InlineData(7, "<|im_end|>", new string[0], "7 <|im_end|>")]
    public void A_stop_id_says_what_it_is_and_who_says_so(int id, string? token, string[] sources, string words) => Assert.Equal(words, StopIdText.Describe(id, token, sources));

    [Fact]
    public void The_cost_leaves_out_what_is_not_known_yet()
    {
        Assert.Equal("0 tokens · prompt 17 tokens", AnswerFacts.Cost(new GenerationUsage(17, 0, null, TimeSpan.Zero, null)));
        Assert.Equal("1 token · first after 12 ms · prompt 17 tokens", AnswerFacts.Cost(new GenerationUsage(17, 1, TimeSpan.FromMilliseconds(12), TimeSpan.FromMilliseconds(12), null)));
        Assert.Equal("34 tokens · 412 tokens/s · first after 1.2 s", AnswerFacts.Cost(new GenerationUsage(0, 34, TimeSpan.FromSeconds(1.2), TimeSpan.FromSeconds(2), 412.4)));
        Assert.Equal("34 tokens · 3.7 tokens/s", AnswerFacts.Cost(new GenerationUsage(0, 34, null, TimeSpan.FromSeconds(2), 3.72)));
    }

    [Fact]
    public void An_answer_names_its_model_and_adapters_with_their_scales()
    {
        var answer = new Answer(Guid.Empty, Outcome.Length, new GenerationUsage(1, 1, null, TimeSpan.Zero, null), "base", [new AdapterUse("a"), new AdapterUse("b", -0.5f)], []);
        Assert.Equal("base + a + b × -0.5", AnswerFacts.Author(answer));
    }
}
