using Juxta.Engine.Tokenization;
using Juxta.Training;
using Juxta.Training.Corpora;
using Juxta.Training.Recipes;
using Juxta.Training.Recipes.Glm;
using Juxta.Training.Samples;

namespace Juxta.TrainingTests.Recipes;

public sealed class BlankFillingTests
{
    const string Text = "One sentence. Another one! 第三句。第四句？ A fifth, said he.\nThe sixth “ends.” And the last";

    static readonly Tokenizer Glm = ByteTokenizer.With(["[gMASK]", "[sMASK]", "<sop>", "<eop>"]);

    [Fact]
    public void Sentences_end_where_a_reader_would_end_them() => Assert.Equal(
        ["One sentence. ", "Another one! ", "第三句。", "第四句？ ", "A fifth, said he.\n", "The sixth “ends.” ", "And the last"], Cut(Text));

    [Fact]
    public void Numbers_and_dots_within_words_end_nothing() => Assert.Equal(["Pi is 3.14 at example.org. ", "Yes..."], Cut("Pi is 3.14 at example.org. Yes..."));

    [Theory]
    [InlineData("glm-blank-sentences")]
    [InlineData("glm-blank-document")]
    public void What_was_taken_out_and_what_is_left_are_the_text(string mode)
    {
        int[] whole = Glm.Encode(Text);
        for (ulong seed = 0; seed < 200; seed++)
        {
            TrainingSample sample = Make(mode, Text, seed);
            int mask = Glm.IdOf(mode == "glm-blank-document" ? "[gMASK]" : "[sMASK]")!.Value, sop = Glm.IdOf("<sop>")!.Value, eop = Glm.IdOf("<eop>")!.Value;
            int prefix = sample.PrefixLength;
            Assert.DoesNotContain(sample.Ids[..prefix], id => id == sop || id == eop);
            Assert.All(sample.Labels[..prefix], label => Assert.Equal(TrainingSample.NoLoss, label));

            // Fill every blank from the targets behind its <sop>, found by the position of its mask.
            var filled = new List<int>();
            int taken = 0;
            int[] targets = NextTokens.Targets(sample);
            for (int i = 0; i < prefix; i++)
            {
                if (sample.Ids[i] != mask) { filled.Add(sample.Ids[i]); continue; }
                int at = Enumerable.Range(prefix, sample.Length - prefix).Single(t => sample.Ids[t] == sop && sample.TwoDimensional!.Position[t] == i);
                Assert.Equal(1, sample.TwoDimensional!.Block[at]);
                for (; targets[at] != eop; at++)
                {
                    filled.Add(targets[at]);
                    taken++;
                    Assert.Equal(i, sample.TwoDimensional.Position[at + 1]);
                    Assert.Equal(sample.TwoDimensional.Block[at] + 1, sample.TwoDimensional.Block[at + 1]);
                }
            }
            Assert.Equal(whole, filled);
            if (mode == "glm-blank-document") Assert.InRange(taken, (whole.Length + 1) / 2, whole.Length);
            else Assert.InRange(taken, 0.15 * whole.Length, whole.Length - 1);
        }
    }

    [Fact]
    public void Document_blanks_have_every_length_from_half_to_all()
    {
        int whole = Glm.Encode("0123456789").Length;
        Assert.Equal(Enumerable.Range(5, 6), Enumerable.Range(0, 300).Select(seed => whole - Make("glm-blank-document", "0123456789", (ulong)seed).PrefixLength + 1).Distinct().Order());
    }

    [Fact]
    public void The_same_seed_makes_the_same_blanks_whatever_came_before_and_another_seed_others()
    {
        Assert.Equal(Make("glm-blank-document", Text, 7).Ids, Make("glm-blank-document", Text, 7).Ids);
        Assert.True(Enumerable.Range(0, 20).Select(seed => string.Join(",", Make("glm-blank-document", Text, (ulong)seed).Ids)).Distinct().Count() > 10);
    }

    [Fact]
    public void Draws_are_the_same_on_every_machine()
    {
        var draws = new SeededDraws(5, "a text");
        Assert.Equal([797, 314, 979, 964, 75], Enumerable.Range(0, 5).Select(_ => draws.Below(1000)));
    }

    [Fact]
    public void Texts_that_blanks_cannot_be_made_in_are_refused()
    {
        Assert.Contains("a single sentence", Assert.Throws<SampleException>(() => Make("glm-blank-sentences", "Only one.", 0)).Message);
        Assert.Contains("hold texts of 7", Assert.Throws<SampleException>(() => Make("glm-blank-document", "0123456789", 0, new SampleLengths(Total: 10))).Message);
        Assert.Contains("is empty", Assert.Throws<SampleException>(() => Make("glm-blank-document", "", 0)).Message);
    }

    static string[] Cut(string text)
    {
        int start = 0;
        return [.. SentenceEnds.Of(text).Select(end => text[start..(start = end)])];
    }

    static TrainingSample Make(string mode, string text, ulong seed, SampleLengths? lengths = null) => Assert.Single(
        SampleRecipes.Find(mode).Create(new RecipeSettings(Glm) { Seed = seed, Lengths = lengths ?? SampleLengths.Unlimited }).Samples(new CorpusRecord("f", 1) { Text = text }));
}
