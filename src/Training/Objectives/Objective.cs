using Juxta.Training.Gradients;
using Juxta.Training.Models;
using Juxta.Training.Samples;

namespace Juxta.Training.Objectives;

/// <summary>
/// What training makes small: a loss of some items, with its gradient. Items go through the model a few at a time (gradient accumulation); losses and gradients add up to
/// those of all at once.
/// </summary>
/// <param name="tokensPerPass">Tokens that go through at a time; an item of more goes alone.</param>
internal abstract class Objective(TrainedModel model, int tokensPerPass)
{
    protected TrainedModel Model => model;

    /// <summary>The loss of these items together; with <paramref name="back"/> its gradient is added to the parameters'.</summary>
    /// <param name="dropoutSeed">Decides what dropout leaves out; null = nothing.</param>
    public Measured Of(TrainingItem[] items, bool back, ulong? dropoutSeed, CancellationToken cancel)
    {
        Func<Range, DropoutDraw?, Measured> pass = Prepare(items, back);
        var sum = new Measured();
        int read = 0;
        foreach (Range range in Passes(items))
        {
            cancel.ThrowIfCancellationRequested();
            sum += pass(range, dropoutSeed is { } seed ? new DropoutDraw(seed, read) : null);
            if (sum.NotANumberAt is not null) return sum;
            read += items[range].Sum(item => item.Tokens);
        }
        return sum;
    }

    /// <summary>What one pass over some of the items does: it adds its part of the loss of all.</summary>
    protected abstract Func<Range, DropoutDraw?, Measured> Prepare(TrainingItem[] items, bool back);

    /// <summary>Consecutive items, as many as fit into a pass; at least one.</summary>
    protected IEnumerable<Range> Passes(TrainingItem[] items)
    {
        int first = 0, tokens = 0;
        for (int i = 0; i < items.Length; i++)
        {
            if (i > first && tokens + items[i].Tokens > tokensPerPass)
            {
                yield return first..i;
                (first, tokens) = (i, 0);
            }
            tokens += items[i].Tokens;
        }
        if (first < items.Length) yield return first..items.Length;
    }
}

/// <summary>A loss, or a part of one.</summary>
/// <param name="Loss">Nats.</param>
/// <param name="LossTokens">Tokens that carried it.</param>
internal readonly record struct Measured(double Loss, int LossTokens)
{
    /// <summary>Of preference pairs; null elsewhere.</summary>
    public PairRewards? Rewards { get; init; }

    /// <summary>The place of the first item whose loss is not a number; null = all are.</summary>
    public string? NotANumberAt { get; init; }

    public static Measured operator +(Measured a, Measured b) => new(a.Loss + b.Loss, a.LossTokens + b.LossTokens)
    {
        Rewards = a.Rewards is null ? b.Rewards : b.Rewards is null ? a.Rewards : a.Rewards + b.Rewards, NotANumberAt = a.NotANumberAt ?? b.NotANumberAt,
    };
}
