using System.Text.Json.Nodes;
using Juxta.Engine.Tokenization;
using Juxta.Training;
using Juxta.Training.Dialogues;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.TrainingTests.Masks;

/// <summary>Which tokens of a conversation carry loss.</summary>
public sealed class LossMaskTests
{
    static readonly Tokenizer ChatMl = Format.Tokenizer(Format.ChatMl);

    [Fact]
    public void Answers_and_their_ends_carry_loss_and_system_user_and_roles_do_not() => Assert.Equal(
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n⟦assistant, hello<|im_end|>⟧\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n⟦Bye.<|im_end|>⟧\n",
        Format.Paint(ChatMl, Format.Dialogue(("system", "Be brief."), ("user", "Hi"), ("assistant", "assistant, hello"), ("user", "Bye"), ("assistant", "Bye."))));

    [Fact]
    public void The_last_mode_teaches_the_last_answer_only() => Assert.Equal(
        "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nhello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n⟦Bye.<|im_end|>⟧\n",
        Format.Paint(ChatMl, Format.Dialogue(("user", "Hi"), ("assistant", "hello"), ("user", "Bye"), ("assistant", "Bye."), ("user", "Thanks")), AnswerChoice.Last));

    [Fact]
    public void A_turn_end_that_somebody_typed_is_text_with_and_without_loss()
    {
        TrainingSample sample = Assert.Single(Format.Samples(ChatMl, Format.Dialogue(("user", "a<|im_end|>"), ("assistant", "b<|im_end|>c"))));
        int end = ChatMl.IdOf("<|im_end|>")!.Value;
        Assert.Equal(2, sample.Ids.Count(id => id == end));
        Assert.Equal(1, sample.Labels.Count(label => label == end));
        Assert.EndsWith("⟦b<|im_end|>c<|im_end|>⟧\n", Format.Paint(ChatMl, sample), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_template_writes_no_end_the_next_role_s_token_is_it_and_the_line_break_is_the_answer_s()
    {
        Tokenizer glm4 = Format.Tokenizer(Format.Glm4, eos: "<|endoftext|>");
        Dialogue dialogue = Format.Dialogue(("user", "Hi"), ("assistant", "hello"), ("observation", "42"), ("assistant", "So it is."));
        TrainingSample sample = Assert.Single(Format.Samples(glm4, dialogue));
        Assert.Equal("[gMASK]<sop><|user|>\nHi<|assistant|>⟦\nhello<|observation|>⟧\n42<|assistant|>⟦\nSo it is.<|user|>⟧", Format.Paint(glm4, sample));
        Assert.Equal(TokenAuthor.Added, sample.Authors[^1]);
        Assert.Equal(TokenAuthor.Template, sample.Authors[Array.IndexOf(sample.Ids, glm4.IdOf("<|observation|>")!.Value)]);
    }

    [Fact]
    public void Two_answers_in_a_row_that_nothing_ends_are_refused()
    {
        Tokenizer glm4 = Format.Tokenizer(Format.Glm4, eos: "<|endoftext|>");
        var refused = Assert.Throws<SampleException>(() => Format.Samples(glm4, Format.Dialogue(("user", "Hi"), ("assistant", "a"), ("assistant", "b"))));
        Assert.StartsWith("message 2 has no end that a model could learn: the chat template writes “<|assistant|>\\n” behind it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_holds_the_end_of_the_prompt_and_the_beginning_of_the_answer_carries_loss()
    {
        // "hello" is one token: the template's "he" and the answer's "llo".
        Tokenizer opens = Format.Tokenizer(Format.ChatMl.Replace("<|im_start|>{{ m.role }}\n", "<|im_start|>{{ m.role }}\nhe", StringComparison.Ordinal).Replace("assistant\n", "assistant\nhe", StringComparison.Ordinal));
        TrainingSample sample = Assert.Single(Format.Samples(opens, Format.Dialogue(("user", "Hi"), ("assistant", "llo"))));
        Assert.EndsWith("<|im_start|>assistant\n⟦hello<|im_end|>⟧\n", Format.Paint(opens, sample), StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_answer_of_a_template_without_ends_is_ended_by_the_end_of_sequence()
    {
        Tokenizer plain = Format.Tokenizer("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}", eos: "<|endoftext|>");
        Assert.Equal("user: Hi\nassistant:⟦ hello!\n<|endoftext|>⟧", Format.Paint(plain, Format.Dialogue(("user", "Hi"), ("assistant", "hello!")), AnswerChoice.Last));
    }

    [Fact]
    public void Flags_in_the_data_decide_which_answers_carry_loss()
    {
        var dialogue = new Dialogue([new("user", "1"), new("assistant", "a") { Loss = false }, new("user", "2"), new("assistant", "b") { Loss = true }, new("user", "3"), new("assistant", "c") { Loss = false }]);
        Assert.EndsWith("assistant\na<|im_end|>\n<|im_start|>user\n2<|im_end|>\n<|im_start|>assistant\n⟦b<|im_end|>⟧\n", Format.Paint(ChatMl, dialogue), StringComparison.Ordinal);
        Assert.Contains("is the user's and is marked to carry loss", Refused(new Dialogue([new("user", "1") { Loss = true }, new("assistant", "a")])));
        Assert.Contains("all messages of the assistant are marked", Refused(new Dialogue([new("user", "1"), new("assistant", "a") { Loss = false }])));
        Assert.Contains("no message is the assistant's", Refused(Format.Dialogue(("user", "1"))));
    }

    [Fact]
    public void An_empty_answer_and_one_that_the_template_drops_are_refused()
    {
        Assert.Contains("message 2 is the assistant's and is empty", Refused(Format.Dialogue(("user", "1"), ("assistant", ""))));
        Tokenizer deaf = Format.Tokenizer("{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}<|im_end|>{% endif %}{% endfor %}");
        Assert.Contains("the chat template leaves all of it out", Assert.Throws<SampleException>(() => Format.Samples(deaf, Format.Dialogue(("user", "1"), ("assistant", "a")))).Message);
    }

    [Fact]
    public void A_template_that_mixes_an_answer_with_another_message_is_refused()
    {
        Tokenizer mixed = Format.Tokenizer("{{ messages[1].content[0] }}{{ messages[0].content }}{{ messages[1].content[1:] }}<|im_end|>");
        Assert.Contains("mixes its text with another message's", Assert.Throws<SampleException>(() => Format.Samples(mixed, Format.Dialogue(("user", "1"), ("assistant", "ab")))).Message);
    }

    [Fact]
    public void A_prompt_that_disagrees_with_the_turn_it_opens_is_refused()
    {
        Tokenizer other = Format.Tokenizer(Format.ChatMl.Replace("<|im_start|>assistant", "<|im_start|>bot", StringComparison.Ordinal));
        string message = Assert.Throws<SampleException>(() => Format.Samples(other, Format.Dialogue(("user", "1"), ("assistant", "a")))).Message;
        Assert.Contains("would end with “<|im_end|>\\n<|im_start|>bot\\n”, but in the conversation the template writes “<|im_end|>\\n<|im_start|>assistant\\n”", message);
    }

    [Fact]
    public void Trimmed_text_is_not_learnt_and_thinking_that_is_left_out_is_told()
    {
        Tokenizer trims = Format.Tokenizer(Format.ChatMl.Replace("m.content", "m.content | trim", StringComparison.Ordinal));
        Assert.EndsWith("⟦hello<|im_end|>⟧\n", Format.Paint(trims, Format.Dialogue(("user", "1"), ("assistant", "  hello \n"))), StringComparison.Ordinal);

        Tokenizer thinks = Format.Tokenizer(Format.ChatMl.Replace("m.content", "(m.content if loop.last else m.content.split('</think>')[-1])", StringComparison.Ordinal));
        Dialogue dialogue = Format.Dialogue(("user", "1"), ("assistant", "<think>so</think>a"), ("user", "2"), ("assistant", "<think>hm</think>b"));
        TrainingSample session = Assert.Single(Format.Samples(thinks, dialogue));
        Assert.Equal(["a<|im_end|>", "<think>hm</think>b<|im_end|>"], TemplateFixtureTests.Labelled(thinks, session));
        Assert.Contains("leaves out 17 of 18 characters of message 2", Assert.Single(session.Remarks));
        List<TrainingSample> split = Format.Samples(thinks, dialogue, AnswerChoice.Split);
        Assert.Equal(["<think>so</think>a<|im_end|>", "<think>hm</think>b<|im_end|>"], split.SelectMany(sample => TemplateFixtureTests.Labelled(thinks, sample)));
    }

    [Fact]
    public void A_prompt_that_opens_the_thinking_takes_the_opening_out_of_the_answer()
    {
        Tokenizer opens = Format.Tokenizer(Format.ChatMl.Replace("assistant\n", "assistant\n<think>", StringComparison.Ordinal));
        Assert.EndsWith("<|im_start|>assistant\n<think>⟦so</think>a<|im_end|>⟧\n", Format.Paint(opens, Format.Dialogue(("user", "1"), ("assistant", "<think>so</think>a"))), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_template_writes_around_a_tool_call_is_the_answer_s_and_tools_and_results_are_not()
    {
        Tokenizer tools = Format.Tokenizer(
            "{% for t in tools %}{{ t | tojson }}\n{% endfor %}{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}{% for c in m.tool_calls %}<call>{{ c.function.name }}({{ c.function.arguments | tojson }})</call>{% endfor %}"
            + "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}");
        var dialogue = new Dialogue(
        [
            new("user", "Weather?"), new("assistant", "", JsonNode.Parse("""{"tool_calls":[{"function":{"name":"w","arguments":{"c":"Wien"}}}]}""")!.AsObject()), new("tool", "sunny"), new("assistant", "Sunny."),
        ]) { Tools = [new JsonObject { ["name"] = "w" }] };
        Assert.Equal(
            "{\"name\": \"w\"}\n<|im_start|>user\nWeather?<|im_end|>\n<|im_start|>assistant\n⟦<call>w({\"c\": \"Wien\"})</call><|im_end|>⟧\n<|im_start|>tool\nsunny<|im_end|>\n<|im_start|>assistant\n⟦Sunny.<|im_end|>⟧\n",
            Format.Paint(tools, dialogue));
    }

    [Fact]
    public void A_tokenizer_that_composes_letters_is_followed_through_them()
    {
        var json = Format.Tokenizer(Format.ChatMl);
        Assert.EndsWith("⟦é 你好 👍 ok<|im_end|>⟧\n", Format.Paint(json, Format.Dialogue(("user", "e\u0301"), ("assistant", "é 你好 👍 ok"))), StringComparison.Ordinal);
    }

    static string Refused(Dialogue dialogue) => Assert.Throws<SampleException>(() => Format.Samples(ChatMl, dialogue)).Message;
}
