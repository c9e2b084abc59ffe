using Juxta.Engine.Tokenization;
using Juxta.Training;
using Juxta.Training.Corpora;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.TrainingTests.Recipes;

public sealed class PretrainTests
{
    static readonly Tokenizer Qwen = Format.Tokenizer(Format.ChatMl, eos: "<|endoftext|>", pad: "<|endoftext|>");
    static readonly Tokenizer Llama = ByteTokenizer.With(["<s>", "</s>"], new Dictionary<string, string> { ["bos_token"] = "<s>", ["eos_token"] = "</s>" }, opens: ["<s>"]);

    [Fact]
    public void A_text_and_its_end_carry_loss_also_where_pad_is_the_end() => Assert.Equal("⟦A poem.<|endoftext|>⟧", Paint(Qwen, "A poem."));

    [Fact]
    public void The_tokenizer_s_own_opening_carries_none() => Assert.Equal("<s>⟦A poem.</s>⟧", Paint(Llama, "A poem."));

    [Fact]
    public void A_special_token_that_the_text_spells_out_stays_text()
    {
        TrainingSample sample = Assert.Single(Samples(Qwen, "<|endoftext|>", SampleLengths.Unlimited));
        Assert.Equal(1, sample.Ids.Count(id => id == Qwen.EosId));
    }

    [Fact]
    public void A_long_text_goes_on_in_the_next_sample_and_only_the_last_one_ends()
    {
        List<TrainingSample> samples = Samples(Llama, "abcdefgh", new SampleLengths(Total: 4));
        Assert.Equal(["<s>⟦abc⟧", "<s>⟦def⟧", "<s>⟦gh</s>⟧"], samples.Select(sample => Format.Paint(Llama, sample)));
        samples = Samples(Llama, "abcdef", new SampleLengths(Total: 4));
        Assert.Equal(["<s>⟦abc⟧", "<s>⟦def⟧", "<s>⟦</s>⟧"], samples.Select(sample => Format.Paint(Llama, sample)));
        Assert.Equal(TokenAuthor.Added, samples[^1].Authors[^1]);
        Assert.Equal(0, samples[0].Authors[^1]);
    }

    [Fact]
    public void What_cannot_be_a_text_sample_is_refused()
    {
        Assert.Contains("no room beside", Assert.Throws<SampleException>(() => new PretrainRecipe(Llama, new SampleLengths(Total: 2))).Message);
        Assert.Contains("names no eos_token", Assert.Throws<SampleException>(() => new PretrainRecipe(ByteTokenizer.With(["<s>"]), SampleLengths.Unlimited)).Message);
        Assert.Contains("is empty", Assert.Throws<SampleException>(() => Samples(Qwen, "", SampleLengths.Unlimited)).Message);
        Assert.Contains("a conversation and no text", Assert.Throws<SampleException>(() => new PretrainRecipe(Qwen, SampleLengths.Unlimited).Samples(new CorpusRecord("f", 1) { Dialogue = Format.Dialogue(("user", "a")) })).Message);
    }

    static string Paint(Tokenizer tokenizer, string text) => Format.Paint(tokenizer, Assert.Single(Samples(tokenizer, text, SampleLengths.Unlimited)));

    static List<TrainingSample> Samples(Tokenizer tokenizer, string text, SampleLengths lengths) => [.. new PretrainRecipe(tokenizer, lengths).Samples(new CorpusRecord("f", 1) { Text = text })];
}
