using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Engine.Tokenization;
using Juxta.Tests;
using Juxta.Training.Masks;
using Juxta.Training.Models;
using Juxta.Training.Objectives;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;
using Juxta.TrainingTests.Models;

namespace Juxta.TrainingTests.Objectives;

/// <summary>The weights that averaging gives to turns, seen in the gradient: that of a batch is the sum of the turns' own gradients, each with its weight.</summary>
public sealed class TurnGradientTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(AnswerChoice.Session, LossAveraging.PerSequence, 2.0 / 3, 1.0 / 6, 1.0 / 6)]
    [InlineData(AnswerChoice.Prefixes, LossAveraging.PerSequence, 17.0 / 24, 5.0 / 24, 1.0 / 12)]
    [InlineData(AnswerChoice.Session, LossAveraging.PerToken, 1.0 / 2, 1.0 / 4, 1.0 / 4)]
    [InlineData(AnswerChoice.Split, LossAveraging.PerSequence, 1.0 / 2, 1.0 / 4, 1.0 / 4)]
    public void A_batch_s_gradient_is_that_of_its_turns_with_their_weights(AnswerChoice choice, LossAveraging averaging, double first, double second, double third)
    {
        TinyModel.Write(_folder);
        ChatFormat format = ChatFormat.Of(Tokenizer.Load(_folder), null, null);
        (string, string)[] turns = [("user", "q"), ("assistant", "one"), ("user", "q"), ("assistant", "two"), ("user", "q"), ("assistant", "six")];
        TrainingItem[] batch = [.. Items(2, choice), .. Items(6, choice)];
        TrainingItem session = Assert.Single(Items(6, AnswerChoice.Session));
        using var pool = new WorkerPool(2);
        using Decoder decoder = TrainedModelTests.Open(_folder, pool);
        float[] whole = Gradient(model => new NextTokenObjective(model, 10_000, averaging).Of(batch, back: true, null, default));
        float[][] own = [.. ((int[])[1, 2, 3]).Select(turn => Gradient(model =>
        {
            int[] targets = NextTokens.Targets(session.Sample);
            // A turn is a stretch of targets: the answer and its end, which the template wrote.
            int stretch = 0;
            double[] weights = [.. targets.Select((target, t) =>
            {
                if (target == TrainingSample.NoLoss) return 0;
                if (t == 0 || targets[t - 1] == TrainingSample.NoLoss) stretch++;
                return stretch == turn ? 1.0 : 0;
            })];
            model.Loss(TrainingBatch.Of([session.Sample], [[.. weights.Select(weight => weight / weights.Sum())]]), back: true, new float[targets.Length]);
        }))];
        double largest = whole.Max(Math.Abs);
        Assert.True(largest > 0.01);
        for (int i = 0; i < whole.Length; i++)
            Assert.True(Math.Abs(whole[i] - ((first * own[0][i]) + (second * own[1][i]) + (third * own[2][i]))) < 1e-5 * largest, $"number {i}: {whole[i]:g6}");
        // The weights are told apart: with another turn's weight the sums are far off.
        Assert.Contains(Enumerable.Range(0, whole.Length), i => Math.Abs(whole[i] - ((third * own[0][i]) + (second * own[1][i]) + (first * own[2][i]))) > 0.01 * largest);

        TrainingItem[] Items(int messages, AnswerChoice how) =>
            [.. new ChatRecipe(format, how, SampleLengths.Unlimited).Samples(new("turns", 1) { Dialogue = Format.Dialogue(turns[..messages]) }).Select(sample => new TrainingItem(sample, "turns"))];

        float[] Gradient(Action<TrainedModel> back)
        {
            using var parameters = new ParameterSet(null, seed: 1);
            using TrainedModel model = TrainedModel.Of(decoder, parameters, pool);
            back(model);
            return DirectionCheck.Gradients(parameters.Trained);
        }
    }
}
