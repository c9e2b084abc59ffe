namespace Juxta.Training.Objectives;

/// <summary>
/// The loss of direct preference optimisation (Rafailov et al. 2023) of one pair: −ln σ(m), m being by how much the chosen answer's reward is above the rejected one's.
/// With a share ε of labels taken for wrong (conservative DPO, Mitchell 2023): −(1 − ε)·ln σ(m) − ε·ln σ(−m).
/// </summary>
public static class PreferenceLoss
{
    /// <param name="margin">m.</param>
    /// <param name="smoothing">ε, 0 to 0.5.</param>
    /// <returns>Nats.</returns>
    public static double Of(double margin, double smoothing) => ((1 - smoothing) * Softplus(-margin)) + (smoothing * Softplus(margin));

    /// <summary>Its derivative by the margin: σ(m) − 1 + ε.</summary>
    public static double Slope(double margin, double smoothing) => Sigmoid(margin) - 1 + smoothing;

    /// <summary>ln(1 + eˣ), which is −ln σ(−x).</summary>
    static double Softplus(double x) => Math.Max(x, 0) + double.LogP1(Math.Exp(-Math.Abs(x)));

    static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));
}
