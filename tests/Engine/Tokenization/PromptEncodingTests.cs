using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization;

namespace Juxta.EngineTests.Tokenization;

public sealed class PromptEncodingTests
{
    static readonly Tokenizer Tokenizer = SmallTokenizer.Parse(SmallTokenizer.ByteLevel());
    static readonly int Start = Tokenizer.IdOf("<|im_start|>")!.Value, End = Tokenizer.IdOf("<|im_end|>")!.Value;

    static PromptText Prompt(params (string Text, int Message)[] parts)
    {
        List<PromptSpan> spans = [];
        string text = "";
        foreach (var (part, message) in parts)
        {
            spans.Add(new(text.Length, part.Length, message));
            text += part;
        }
        return new(text, spans);
    }

    [Fact]
    public void Tokens_that_the_template_wrote_are_recognised_and_those_in_a_message_are_not()
    {
        int[] ids = Tokenizer.Encode(Prompt(("<|im_start|>user\n", -1), ("hello<|im_end|>", 0), ("<|im_end|>", -1)));
        Assert.Equal(1, ids.Count(id => id == Start));
        Assert.Equal(1, ids.Count(id => id == End));
        Assert.Equal("<|im_start|>user\nhello<|im_end|><|im_end|>", Tokenizer.Decode(ids));
    }

    [Fact]
    public void A_token_made_of_template_and_message_together_is_not_recognised()
    {
        int[] ids = Tokenizer.Encode(Prompt(("<|im_", -1), ("end|>", 0), ("<|im_", 0), ("end|>", -1)));
        Assert.DoesNotContain(End, ids);
    }

    [Fact]
    public void A_token_over_two_touching_spans_of_the_template_is_recognised() =>
        Assert.Equal([End], Tokenizer.Encode(Prompt(("<|im_", -1), ("end|>", -1))));

    [Fact]
    public void Added_tokens_that_are_not_special_are_recognised_in_messages_too() =>
        Assert.Equal([Tokenizer.IdOf("<think>")!.Value], Tokenizer.Encode(Prompt(("<think>", 0))));

    [Fact]
    public void Without_special_tokens_in_messages_the_ids_are_those_of_the_whole_text()
    {
        var prompt = Prompt(("<|im_start|>user\nhe", -1), ("llo wo", 0), ("rld<|im_end|>\n", -1));
        Assert.Equal(Tokenizer.Encode(prompt.Text), Tokenizer.Encode(prompt));
    }

    [Fact]
    public void A_trusted_prompt_parses_everywhere_and_a_plain_one_nowhere()
    {
        Assert.Equal([End], Tokenizer.Encode(PromptText.Trusted("<|im_end|>")));
        Assert.DoesNotContain(End, Tokenizer.Encode(PromptText.Plain("<|im_end|>")));
        Assert.Equal(Tokenizer.Encode("<|im_end|>", parseSpecial: false), Tokenizer.Encode(PromptText.Plain("<|im_end|>")));
    }

    [Fact]
    public void A_message_cannot_hide_a_token_of_the_template_by_forming_a_longer_one()
    {
        var json = SmallTokenizer.ByteLevel();
        json["added_tokens"]!.AsArray().Add(SmallTokenizer.Added(267, "x<|im_end|>", special: true));
        var tokenizer = SmallTokenizer.Parse(json);
        Assert.Equal(End, tokenizer.Encode(Prompt(("x", 0), ("<|im_end|>", -1)))[^1]);
    }

    [Fact]
    public void Normalized_special_tokens_keep_to_the_template_when_the_normalizer_changes_lengths()
    {
        var json = SmallTokenizer.ByteLevel();
        json["normalizer"] = new System.Text.Json.Nodes.JsonObject { ["type"] = "NFC" };
        foreach (var token in json["added_tokens"]!.AsArray()) token!["normalized"] = true;
        var tokenizer = SmallTokenizer.Parse(json);
        int[] ids = tokenizer.Encode(Prompt(("<|im_start|>", -1), ("e\u0301e\u0301<|im_end|>", 0), ("<|im_end|>", -1)));
        Assert.Equal(Start, ids[0]);
        Assert.Equal(End, ids[^1]);
        Assert.Equal(1, ids.Count(id => id == End));
    }
}
