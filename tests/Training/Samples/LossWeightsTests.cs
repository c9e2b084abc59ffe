using Juxta.Engine.Tokenization;
using Juxta.Training.Dialogues;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.TrainingTests.Samples;

/// <summary>
/// What averaging does to turns. Two conversations, one of one turn and one of three turns of the same length: averaged sequence by sequence, sessions weigh the
/// first, second and third turns 2/3, 1/6, 1/6; cut into prefixes whose earlier answers are learnt again and again, 17/24, 5/24, 1/12.
/// </summary>
public sealed class LossWeightsTests
{
    static readonly Tokenizer Tokenizer = Format.Tokenizer(Format.ChatMl);

    static readonly Dialogue[] Corpus =
    [
        Format.Dialogue(("user", "q"), ("assistant", "one")),
        Format.Dialogue(("user", "q"), ("assistant", "one"), ("user", "q"), ("assistant", "two"), ("user", "q"), ("assistant", "six")),
    ];

    [Theory]
    [InlineData(AnswerChoice.Session, LossAveraging.PerSequence, 2.0 / 3, 1.0 / 6, 1.0 / 6)]
    [InlineData(AnswerChoice.Prefixes, LossAveraging.PerSequence, 17.0 / 24, 5.0 / 24, 1.0 / 12)]
    [InlineData(AnswerChoice.Session, LossAveraging.PerToken, 1.0 / 2, 1.0 / 4, 1.0 / 4)]
    [InlineData(AnswerChoice.Split, LossAveraging.PerSequence, 1.0 / 2, 1.0 / 4, 1.0 / 4)]
    [InlineData(AnswerChoice.Split, LossAveraging.PerToken, 1.0 / 2, 1.0 / 4, 1.0 / 4)]
    [InlineData(AnswerChoice.Prefixes, LossAveraging.PerToken, 4.0 / 7, 2.0 / 7, 1.0 / 7)]
    [InlineData(AnswerChoice.Last, LossAveraging.PerSequence, 1.0 / 2, 0, 1.0 / 2)]
    public void Turns_weigh_what_the_tutorial_computes(AnswerChoice choice, LossAveraging averaging, double first, double second, double third)
    {
        List<TrainingSample> batch = [.. Corpus.SelectMany(dialogue => Format.Samples(Tokenizer, dialogue, choice))];
        double[] turns = Turns(batch, LossWeights.Of(batch, averaging));
        Assert.Equal(first, turns[0], 12);
        Assert.Equal(second, turns[1], 12);
        Assert.Equal(third, turns[2], 12);
    }

    [Theory]
    [InlineData(LossAveraging.PerSequence)]
    [InlineData(LossAveraging.PerToken)]
    public void Packing_changes_no_weight(LossAveraging averaging)
    {
        List<TrainingSample> batch = [.. Corpus.SelectMany(dialogue => Format.Samples(Tokenizer, dialogue))];
        List<TrainingSample> packed = [SamplePacking.Join(batch)];
        Assert.Equal(LossWeights.Of(batch, averaging).SelectMany(row => row), LossWeights.Of(packed, averaging).SelectMany(row => row));
    }

    [Fact]
    public void Weights_sum_to_one_and_a_batch_without_loss_weighs_nothing()
    {
        List<TrainingSample> batch = [.. Corpus.SelectMany(dialogue => Format.Samples(Tokenizer, dialogue))];
        Assert.Equal(1, LossWeights.Of(batch, LossAveraging.PerSequence).Sum(row => row.Sum()), 12);
        Assert.All(LossWeights.Of([new TrainingSample([1, 2], [-100, -100], [0, 0])], LossAveraging.PerToken)[0], weight => Assert.Equal(0, weight));
    }

    /// <summary>The weight of all first, second, third answers: a target's author is the author of the token it predicts.</summary>
    static double[] Turns(List<TrainingSample> batch, IReadOnlyList<double[]> weights)
    {
        var turns = new double[3];
        for (int row = 0; row < batch.Count; row++)
        {
            int answer = -1;
            for (int t = 0; t < batch[row].Length - 1; t++)
            {
                bool begins = batch[row].Labels[t + 1] != TrainingSample.NoLoss && batch[row].Labels[t] == TrainingSample.NoLoss;
                if (begins) answer = batch[row].Authors[t + 1] / 2;
                if (weights[row][t] > 0) turns[answer] += weights[row][t];
            }
        }
        return turns;
    }
}
