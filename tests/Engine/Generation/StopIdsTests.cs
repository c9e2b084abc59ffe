using Juxta.Engine.Generation;

namespace Juxta.EngineTests.Generation;

public sealed class StopIdsTests
{
    static readonly Dictionary<string, int> Special = new()
    {
        ["<|im_start|>"] = 10, ["<|im_end|>"] = 11, ["<|user|>"] = 20, ["<|user|>x"] = 21, ["</s>"] = 2, [""] = 99,
    };

    [Fact]
    public void The_union_of_all_sources_is_kept_with_who_said_it()
    {
        StopIds ids = StopIds.Collect([151645, 151643], [151643], 151645, [151645]);
        Assert.Equal([151643, 151645], ids.Entries.Select(entry => entry.Id));
        Assert.Equal(["generation_config.json", "config.json"], ids.Entries[0].Sources);
        Assert.Equal(["generation_config.json", "tokenizer eos_token", "chat template turn end"], ids.Entries[1].Sources);
        Assert.True(ids.Contains(151643));
        Assert.False(ids.Contains(2));
        Assert.Equal("151643 (generation_config.json, config.json), 151645 (generation_config.json, tokenizer eos_token, chat template turn end)", ids.ToString());
    }

    [Fact]
    public void A_model_that_names_no_end_has_no_stop_ids() => Assert.Empty(StopIds.Collect([], [], null, []).Entries);

    [Fact]
    public void A_further_source_leaves_the_first_set_as_it_was()
    {
        StopIds model = StopIds.Collect([2], [], null, []);
        StopIds withAdapter = model.With("adapter tokenizer eos_token", [7, 2]);
        Assert.Equal([2], model.Entries.Select(entry => entry.Id));
        Assert.Equal([2, 7], withAdapter.Entries.Select(entry => entry.Id));
        Assert.Equal(["generation_config.json", "adapter tokenizer eos_token"], withAdapter.Entries[0].Sources);
    }

    [Theory]
    [InlineData("<|im_end|>\n<|im_start|>user\nnext<|im_end|>\n", 11)]
    [InlineData(" </s><s>[INST] next [/INST]", 2)]
    [InlineData("<|user|>\n next", 20)]
    [InlineData("<|user|>x next", 21)]
    public void The_first_special_token_after_the_answer_ends_the_turn(string afterAnswer, int expected) => Assert.Equal([expected], StopIds.TurnEnd(afterAnswer, Special));

    [Theory]
    [InlineData("")]
    [InlineData("\n\n### User: next")]
    public void A_template_of_plain_text_ends_turns_with_no_token(string afterAnswer) => Assert.Empty(StopIds.TurnEnd(afterAnswer, Special));
}
