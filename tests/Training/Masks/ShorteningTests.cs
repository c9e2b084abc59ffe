using Juxta.Engine.Tokenization;
using Juxta.Training;
using Juxta.Training.Dialogues;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.TrainingTests.Masks;

/// <summary>What goes when a conversation is too long: never the template's own tokens, never an end token in silence.</summary>
public sealed class ShorteningTests
{
    static readonly Tokenizer Tokenizer = Format.Tokenizer("{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}");

    static readonly Dialogue Two = Format.Dialogue(("system", "sysm"), ("user", "abcdef"), ("assistant", "ABCDEF"), ("user", "uvwxyz"), ("assistant", "UVWXYZ"));

    [Fact]
    public void A_long_answer_keeps_its_end_and_the_cut_is_counted()
    {
        TrainingSample sample = Assert.Single(Format.Samples(Tokenizer, Two, lengths: new SampleLengths(Target: 4)));
        Assert.Equal("<|system|>sysm<|im_end|><|user|>abcdef<|im_end|><|assistant|>⟦ABC<|im_end|>⟧<|user|>uvwxyz<|im_end|><|assistant|>⟦UVW<|im_end|>⟧", Format.Paint(Tokenizer, sample));
        Assert.Equal(new SampleCuts(0, 6, 0, 0), sample.Cuts);
    }

    [Fact]
    public void A_long_source_gives_up_its_oldest_text_and_no_token_of_the_template()
    {
        TrainingSample sample = Assert.Single(Format.Samples(Tokenizer, Two, AnswerChoice.Last, new SampleLengths(Source: 18)));
        Assert.Equal("<|system|><|im_end|><|user|><|im_end|><|assistant|>ABC<|im_end|><|user|>uvwxyz<|im_end|><|assistant|>⟦UVWXYZ<|im_end|>⟧", Format.Paint(Tokenizer, sample));
        Assert.Equal(new SampleCuts(13, 0, 0, 0), sample.Cuts);
    }

    [Fact]
    public void A_long_session_loses_its_last_answers_whole()
    {
        TrainingSample sample = Assert.Single(Format.Samples(Tokenizer, Two, lengths: new SampleLengths(Total: 25)));
        Assert.Equal("<|system|>sysm<|im_end|><|user|>abcdef<|im_end|><|assistant|>⟦ABCDEF<|im_end|>⟧", Format.Paint(Tokenizer, sample));
        Assert.Equal(new SampleCuts(9, 7, 1, 1), sample.Cuts);
    }

    [Fact]
    public void One_answer_that_does_not_fit_shares_the_room_with_its_question()
    {
        TrainingSample sample = Assert.Single(Format.Samples(Tokenizer, Two, lengths: new SampleLengths(Total: 12)));
        Assert.Equal(12, sample.Length);
        Assert.EndsWith("<|im_end|>⟧", Format.Paint(Tokenizer, sample), StringComparison.Ordinal);
        Assert.Equal("<|system|><|im_end|><|user|>a<|im_end|><|assistant|>⟦ABCDE<|im_end|>⟧", Format.Paint(Tokenizer, sample));
        Assert.Equal(new SampleCuts(9 + 9, 7 + 1, 1, 1), sample.Cuts);
    }

    [Fact]
    public void What_cannot_fit_is_refused()
    {
        Assert.Contains("takes 6 tokens, more than the 6 allowed", Assert.Throws<SampleException>(() => Format.Samples(Tokenizer, Two, lengths: new SampleLengths(Total: 6))).Message);
        Assert.Contains("stand 5 tokens that the chat template itself writes, more than the 3 allowed", Assert.Throws<SampleException>(() => Format.Samples(Tokenizer, Two, lengths: new SampleLengths(Source: 3))).Message);
    }

    [Fact]
    public void Whatever_the_length_every_answer_that_is_left_ends_with_its_end_token()
    {
        int whole = Assert.Single(Format.Samples(Tokenizer, Two)).Length, end = Tokenizer.IdOf("<|im_end|>")!.Value;
        for (int total = 8; total < 60; total++)
        {
            TrainingSample sample = Assert.Single(Format.Samples(Tokenizer, Two, lengths: new SampleLengths(Total: total)));
            Assert.True(sample.Length <= total);
            for (int t = 0; t < sample.Length; t++)
                if (sample.Labels[t] != TrainingSample.NoLoss && (t + 1 == sample.Length || sample.Labels[t + 1] == TrainingSample.NoLoss)) Assert.Equal(end, sample.Labels[t]);
            Assert.Equal(whole, sample.Length + sample.Cuts.SourceTokens + sample.Cuts.AnswerTokens);
        }
    }
}
