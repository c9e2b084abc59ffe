using Juxta.Training.Gradients;
using Juxta.Training.Models;
using Juxta.Training.Samples;

namespace Juxta.Training.Objectives;

/// <summary>
/// Direct preference optimisation: of two answers to one prompt the chosen one is to become likelier than the rejected one, measured against a reference that stays. The
/// reference is the model as it was before the first step, and what it says of each pair is computed then, once.
/// </summary>
internal sealed class PreferenceObjective : Objective
{
    readonly PreferenceSettings _settings;
    readonly Dictionary<TrainingItem, (double Chosen, double Rejected)> _reference = new(ReferenceEqualityComparer.Instance);

    /// <param name="model">As the reference is.</param>
    /// <param name="items">All that will ever be asked for.</param>
    public PreferenceObjective(TrainedModel model, int tokensPerPass, PreferenceSettings settings, TrainingItem[] items) : base(model, tokensPerPass)
    {
        _settings = settings;
        foreach (Range range in Passes(items))
        {
            TrainingBatch batch = Batch(items[range]);
            float[] nats = new float[batch.Ids.Length];
            Model.Loss(batch, back: false, nats);
            foreach ((TrainingItem item, _, double chosen, _, double rejected) in Pairs(items[range], nats)) _reference[item] = (chosen, rejected);
        }
    }

    protected override Func<Range, DropoutDraw?, Measured> Prepare(TrainingItem[] items, bool back) => (range, dropout) =>
    {
        TrainingItem[] own = items[range];
        TrainingBatch batch = Batch(own);
        float[] nats = new float[batch.Ids.Length];
        var sum = new Measured();
        void Weigh() => sum = Judge(own, nats, batch.Weights, 1.0 / items.Length);
        if (back) Model.Loss(batch, back, nats, dropout, Weigh);
        else
        {
            Model.Loss(batch, back, nats, dropout);
            Weigh();
        }
        return sum with { LossTokens = batch.Targets.Count(target => target != TrainingSample.NoLoss) };
    };

    /// <summary>The part of the loss that pairs have, and the weight of each token's nats in its gradient.</summary>
    /// <param name="share">Of one pair in the loss.</param>
    Measured Judge(TrainingItem[] items, float[] nats, float[] weights, double share)
    {
        var sum = new Measured();
        foreach ((TrainingItem item, int start, double chosen, int second, double rejected) in Pairs(items, nats))
        {
            (double chosenBefore, double rejectedBefore) = _reference[item];
            double good = _settings.Beta * (chosenBefore - chosen), bad = _settings.Beta * (rejectedBefore - rejected);
            double loss = PreferenceLoss.Of(good - bad, _settings.LabelSmoothing);
            // The margin falls by β with each nat of the chosen answer, and rises with each of the rejected one.
            float weight = (float)(share * _settings.Beta * -PreferenceLoss.Slope(good - bad, _settings.LabelSmoothing));
            weights.AsSpan(start, second - start).Fill(weight);
            weights.AsSpan(second, item.Rejected!.Length).Fill(-weight);
            sum += new Measured(share * loss, 0)
            {
                Rewards = new PairRewards(1, good, bad, good > bad ? 1 : 0, -chosen, -rejected), NotANumberAt = double.IsFinite(loss) ? null : item.Place,
            };
        }
        return sum;
    }

    /// <summary>Chosen and rejected answers in turns; weights follow.</summary>
    static TrainingBatch Batch(TrainingItem[] items)
    {
        TrainingSample[] samples = [.. items.SelectMany(item => (TrainingSample[])[item.Sample, item.Rejected!])];
        return TrainingBatch.Of(samples, [.. samples.Select(sample => new double[sample.Length])]);
    }

    /// <summary>Where the two answers of each pair lie, and the nats of each: −ln p, summed over the tokens with loss.</summary>
    static IEnumerable<(TrainingItem Item, int Start, double Chosen, int Second, double Rejected)> Pairs(TrainingItem[] items, float[] nats)
    {
        int start = 0;
        foreach (TrainingItem item in items)
        {
            int second = start + item.Sample.Length, end = second + item.Rejected!.Length;
            yield return (item, start, Sum(start, second), second, Sum(second, end));
            start = end;
        }

        double Sum(int from, int to)
        {
            double sum = 0;
            for (int i = from; i < to; i++) sum += nats[i];
            return sum;
        }
    }
}
