using Juxta.Engine.Tokenization;
using Juxta.Training;
using Juxta.Training.Corpora;
using Juxta.Training.Dialogues;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.TrainingTests.Recipes;

/// <summary>The layouts of GLM's own and its community's recipes, token by token.</summary>
public sealed class GlmRecipeTests
{
    static readonly Tokenizer Glm = ByteTokenizer.With(
        ["[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>", "<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>"],
        new Dictionary<string, string> { ["eos_token"] = "<|endoftext|>", ["pad_token"] = "<|endoftext|>" });

    static readonly Dialogue Two = Format.Dialogue(("user", "q1"), ("assistant", "a1"), ("user", "q2"), ("assistant", "a2"));

    [Fact]
    public void The_glm_4_demo_learns_what_follows_the_assistant_token_up_to_the_next_role() => Assert.Equal(
        "[gMASK]<sop><|system|>\ns<|user|>\nq1<|assistant|>⟦\na1<|observation|>⟧\n42<|assistant|>⟦\na2<|user|>⟧",
        Paint("glm-4-demo", Format.Dialogue(("system", "s"), ("user", "q1"), ("assistant", "a1"), ("tool", "42"), ("assistant", "a2"))));

    [Fact]
    public void The_glm_4_demo_with_combine_moves_its_flags_past_the_line_break() =>
        Assert.Equal("[gMASK]<sop><|user|>\nq1<|assistant|>\na1<|user|>\nq2<|assistant|>\n⟦a2<|user|>⟧", Paint("glm-4-demo-combine", Two));

    [Fact]
    public void The_chatglm3_demo_ends_with_the_end_of_sequence_and_learns_observations() => Assert.Equal(
        "[gMASK]<sop><|user|>\nq1<|assistant|>⟦\na1<|observation|>\n42<|assistant|>\na2<|endoftext|>⟧",
        Paint("chatglm3-demo", Format.Dialogue(("user", "q1"), ("assistant", "a1"), ("observation", "42"), ("assistant", "a2"))));

    [Fact]
    public void A_demo_cuts_off_the_end_and_says_that_an_end_token_went()
    {
        TrainingSample whole = Sample("glm-4-demo", Two), cut = Sample("glm-4-demo", Two, new SampleLengths(Total: 14));
        Assert.Equal("[gMASK]<sop><|user|>\nq1<|assistant|>⟦\na1<|user|>⟧\nq2", Format.Paint(Glm, cut));
        Assert.Equal(new SampleCuts(1, 4, 0, 1), cut.Cuts);
        Assert.Equal(16, Sample("glm-4-demo", Two, new SampleLengths(Source: 10, Target: 5)).Length);
        Assert.Equal(whole.Length, cut.Length + 5);
        Assert.Contains("hold no answer", Assert.Throws<SampleException>(() => Sample("glm-4-demo", Two, new SampleLengths(Total: 5))).Message);
    }

    [Fact]
    public void Chatglm2_learns_the_last_answer_of_its_rounds() => Assert.Equal(
        "[gMASK]<sop>[Round 1]\n\n问：q1\n\n答：a1\n\n[Round 2]\n\n问：q2\n\n答：⟦a2<|endoftext|>⟧", Paint("chatglm2-ptuning", Two));

    [Fact]
    public void Chatglm2_cuts_source_with_its_two_tokens_and_target_without_the_end()
    {
        TrainingSample sample = Sample("chatglm2-ptuning", Format.Dialogue(("user", "q"), ("assistant", "abcdef")), new SampleLengths(Source: 9, Target: 4));
        Assert.Equal("[gMASK]<sop>[Round ⟦abcd<|endoftext|>⟧", Format.Paint(Glm, sample));
        Assert.Equal(2, sample.Cuts.AnswerTokens);
    }

    [Fact]
    public void Chatglm2_session_by_session_learns_every_answer_with_its_end()
    {
        Assert.Equal("[gMASK]<sop>[Round 1]\n\n问：q1\n\n答：⟦a1<|endoftext|>⟧\n\n[Round 2]\n\n问：q2\n\n答：⟦a2<|endoftext|>⟧", Paint("chatglm2-session", Two));
        TrainingSample shorter = Sample("chatglm2-session", Two, new SampleLengths(Total: 40));
        Assert.Equal("[gMASK]<sop>[Round 1]\n\n问：q1\n\n答：⟦a1<|endoftext|>⟧", Format.Paint(Glm, shorter));
        Assert.Equal((3, 1, 1), (shorter.Cuts.AnswerTokens, shorter.Cuts.Answers, shorter.Cuts.EndTokens));
    }

    [Fact]
    public void Chatglm_6b_learns_from_sop_on_and_its_prompt_sees_itself()
    {
        TrainingSample sample = Sample("chatglm-6b-ptuning", Format.Dialogue(("user", "abc"), ("assistant", "xyz")));
        Assert.Equal("abc[gMASK]⟦<sop>xyz<eop>⟧", Format.Paint(Glm, sample));
        Assert.Equal(4, sample.PrefixLength);
        Assert.Equal([0, 1, 2, 3, 3, 3, 3, 3, 3], sample.TwoDimensional!.Position);
        Assert.Equal([0, 0, 0, 0, 1, 2, 3, 4, 5], sample.TwoDimensional.Block);
        Assert.True(sample.Sees(0, 3));
        Assert.False(sample.Sees(4, 5));
    }

    [Fact]
    public void Chatglm_6b_counts_rounds_from_zero_and_leaves_a_single_question_alone_unless_asked()
    {
        Assert.Equal("[Round 0]\n问：q1\n答：a1\n[Round 1]\n问：q2\n答：[gMASK]⟦<sop>a2<eop>⟧", Paint("chatglm-6b-ptuning", Two));
        Assert.Equal("[Round 0]\n问：q\n答：[gMASK]⟦<sop>a<eop>⟧", Paint("chatglm-6b-ptuning-history", Format.Dialogue(("user", "q"), ("assistant", "a"))));
        Assert.Equal("abc[gMASK]⟦<sop>wx<eop>⟧", Format.Paint(Glm, Sample("chatglm-6b-ptuning", Format.Dialogue(("user", "abcdef"), ("assistant", "wxyz")), new SampleLengths(Source: 4, Target: 4))));
    }

    [Theory]
    [InlineData("an input", "Instruction: do\nInput: an input\nAnswer: [gMASK]⟦<sop>out<|endoftext|>⟧")]
    [InlineData("", "Instruction: do\nAnswer: [gMASK]⟦<sop>out<|endoftext|>⟧")]
    public void Chatglm_tuning_names_the_parts_of_an_alpaca_record(string input, string expected)
    {
        var record = new CorpusRecord("f", 1) { Dialogue = Format.Dialogue(("user", "do\n" + input), ("assistant", "out")), Instruction = new Instruction("do", input) };
        Assert.Equal(expected, Format.Paint(Glm, Assert.Single(Recipe("chatglm-tuning").Samples(record))));
    }

    [Theory]
    [InlineData("chatglm2-ptuning", "system", "questions and answers in turn")]
    [InlineData("chatglm-6b-ptuning", "tool", "questions and answers in turn")]
    [InlineData("chatglm-tuning", "user", "reads alpaca records")]
    public void What_a_recipe_has_no_place_for_is_refused(string mode, string role, string expected) =>
        Assert.Contains(expected, Assert.Throws<SampleException>(() => Sample(mode, Format.Dialogue((role, "q"), ("assistant", "a")))).Message);

    [Fact]
    public void A_tokenizer_without_glm_s_tokens_is_refused_by_name() =>
        Assert.Contains("with the token [gMASK], which this tokenizer has not", Assert.Throws<SampleException>(() => Sample("chatglm2-ptuning", Two, tokenizer: ByteTokenizer.With(["</s>"], new Dictionary<string, string> { ["eos_token"] = "</s>" }))).Message);

    [Fact]
    public void The_instruction_mode_needs_no_template_and_cuts_neither_end_nor_opening()
    {
        Assert.Equal("question⟦answer<|endoftext|>⟧", Paint("instruction", Format.Dialogue(("user", "question"), ("assistant", "answer"))));
        Assert.Equal("que⟦ans<|endoftext|>⟧", Format.Paint(Glm, Sample("instruction", Format.Dialogue(("user", "question"), ("assistant", "answer")), new SampleLengths(Source: 3, Target: 4))));
        Assert.Contains("one answer to one question", Assert.Throws<SampleException>(() => Sample("instruction", Two)).Message);
    }

    static SampleRecipe Recipe(string mode, SampleLengths? lengths = null, Tokenizer? tokenizer = null) =>
        SampleRecipes.Find(mode).Create(new RecipeSettings(tokenizer ?? Glm) { Lengths = lengths ?? SampleLengths.Unlimited });

    static TrainingSample Sample(string mode, Dialogue dialogue, SampleLengths? lengths = null, Tokenizer? tokenizer = null) =>
        Assert.Single(Recipe(mode, lengths, tokenizer).Samples(new CorpusRecord("f", 1) { Dialogue = dialogue }));

    static string Paint(string mode, Dialogue dialogue) => Format.Paint(Glm, Sample(mode, dialogue));
}
