using Juxta.Engine.Tokenization;
using Juxta.Tests;
using Juxta.Web.Compare;
using Juxta.Workbench.Compare;

namespace Juxta.WebTests.Compare;

public sealed class DivergenceTextTests
{
    static readonly Tokenizer Stories = Tokenizer.Load(Fixtures.Require("models", "stories260k"));

    [Fact]
    public void Both_alternatives_are_named_by_text_and_id()
    {
        int named = Stories.Encode(" named")[^1];
        Assert.Equal(
            $"First different token: no. 4, after 1 character. Here “ named” (id {named}), in A “</s>” (id 2).",
            DivergenceText.Describe(new Divergence(3, 1, 1, 2, named), "A", Stories));
    }

    [Fact]
    public void An_answer_that_was_cut_there_has_nothing_more() => Assert.Equal(
        "First different token: no. 1, after 0 characters. Here id 7, in B nothing more.",
        DivergenceText.Describe(new Divergence(0, 0, 0, null, 7), "B", vocabulary: null));

    [Fact]
    public void A_token_that_is_no_whole_character_or_cannot_be_seen_is_spelled_out()
    {
        int half = Stories.IdOf("<0xE4>")!.Value, line = Stories.IdOf("<0x0A>")!.Value;
        Assert.EndsWith($"Here “<0xE4>” (id {half}), in A “<0x0A>” (id {line}).", DivergenceText.Describe(new Divergence(0, 0, 0, line, half), "A", Stories), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_are_comparable_where_both_vocabularies_spell_them_alike()
    {
        Tokenizer again = Tokenizer.Load(Fixtures.Require("models", "stories260k"));
        Tokenizer other = Tokenizer.Parse("""{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":[]}}"""u8.ToArray());
        int[] ids = [.. Enumerable.Range(3, 200)];
        Assert.True(DivergenceText.Comparable(Stories, Stories, ids));
        Assert.True(DivergenceText.Comparable(Stories, again, ids));
        Assert.False(DivergenceText.Comparable(Stories, other, ids));
        Assert.False(DivergenceText.Comparable(Stories, null, ids));
    }
}
