namespace Juxta.Training.Optimization;

/// <summary>How the learning rate goes over a run.</summary>
public enum RateShape
{
    /// <summary>The same throughout.</summary>
    Constant,

    /// <summary>Straight down to the last rate.</summary>
    Linear,

    /// <summary>Down along half a cosine (Loshchilov and Hutter 2017).</summary>
    Cosine,
}

/// <summary>A learning rate that warms up in a straight line and then falls.</summary>
/// <param name="Peak">Rate at the end of the warm-up.</param>
/// <param name="WarmUpSteps">Steps from peak / steps to peak.</param>
/// <param name="LastShare">The last step's rate, as a share of the peak.</param>
public sealed record LearningRate(double Peak, RateShape Shape = RateShape.Cosine, int WarmUpSteps = 0, double LastShare = 0)
{
    /// <summary>The rate of step 0 … <paramref name="steps"/> − 1.</summary>
    public double At(long step, long steps)
    {
        if (step < WarmUpSteps) return Peak * (step + 1) / WarmUpSteps;
        double gone = steps <= WarmUpSteps ? 1 : Math.Clamp((double)(step - WarmUpSteps) / (steps - WarmUpSteps), 0, 1);
        double share = Shape switch
        {
            RateShape.Linear => 1 - gone,
            RateShape.Cosine => (1 + Math.Cos(Math.PI * gone)) / 2,
            _ => 1,
        };
        return Peak * (LastShare + ((1 - LastShare) * share));
    }
}
