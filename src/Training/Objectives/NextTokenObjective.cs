using Juxta.Training.Gradients;
using Juxta.Training.Models;
using Juxta.Training.Samples;

namespace Juxta.Training.Objectives;

/// <summary>The mean loss of the tokens that are to be learnt, averaged as asked.</summary>
internal sealed class NextTokenObjective(TrainedModel model, int tokensPerPass, LossAveraging averaging) : Objective(model, tokensPerPass)
{
    protected override Func<Range, DropoutDraw?, Measured> Prepare(TrainingItem[] items, bool back)
    {
        IReadOnlyList<double[]> weights = LossWeights.Of([.. items.Select(item => item.Sample)], averaging);
        return (range, dropout) =>
        {
            TrainingItem[] own = items[range];
            TrainingBatch batch = TrainingBatch.Of([.. own.Select(item => item.Sample)], [.. weights.Take(range)]);
            float[] nats = new float[batch.Ids.Length];
            double loss = Model.Loss(batch, back, nats, dropout);
            return new Measured(loss, batch.Targets.Count(target => target != TrainingSample.NoLoss)) { NotANumberAt = double.IsFinite(loss) ? null : Offender(own, nats) };
        };
    }

    static string Offender(TrainingItem[] items, float[] nats)
    {
        int token = Array.FindIndex(nats, value => !float.IsFinite(value)), start = 0;
        return (items.FirstOrDefault(item => token < (start += item.Sample.Length)) ?? items[0]).Place;
    }
}
