namespace Juxta.Eval.Ratings;

/// <summary>A model's strength with an interval, on a scale where 400 points are odds of 10 to 1 and the mean is 1000.</summary>
/// <param name="StandardError">Wald's, of the distance from the mean of all models.</param>
public sealed record Rating(string Model, double Value, double StandardError, int Votes)
{
    const double Normal975 = 1.9599639845400545;

    /// <summary>Lower end of the 95 % Wald interval.</summary>
    public double Low => Value - Normal975 * StandardError;

    /// <summary>Upper end of the 95 % Wald interval.</summary>
    public double High => Value + Normal975 * StandardError;
}

/// <summary>
/// Bradley and Terry's model (1952) by maximum likelihood, ties as half a win for each side, no regularisation. Newton's method to convergence; the order of
/// votes does not matter.
/// </summary>
public sealed class BradleyTerry
{
    const double Scale = 400, Mean = 1000;
    const int MostSteps = 200;
    const double SmallStep = 1e-4;

    static readonly double PointsPerLogit = Scale / Math.Log(10);

    BradleyTerry(IReadOnlyList<Rating> ratings, string? unbounded)
    {
        Ratings = ratings;
        Unbounded = unbounded;
    }

    /// <summary>Every model in order of first appearance; no values where <see cref="Unbounded"/>.</summary>
    public IReadOnlyList<Rating> Ratings { get; }

    /// <summary>Why no maximum exists; null where it does.</summary>
    public string? Unbounded { get; }

    /// <param name="battles">The votes.</param>
    /// <param name="anchor">A model and the rating that it shall have instead of a mean of 1000.</param>
    public static BradleyTerry Fit(IReadOnlyList<Battle> battles, (string Model, double Rating)? anchor = null)
    {
        var counts = new VoteCounts(battles, Battle.Models(battles));
        int[] votes = [.. counts.Models.Select(m => battles.Count(b => b.A == m || b.B == m))];
        if (counts.Unbounded() is { } reason) return new([.. counts.Models.Select((m, i) => new Rating(m, double.NaN, double.NaN, votes[i]))], reason);
        (double[] strengths, double[,] inverse) = Solve(counts);
        double shift = anchor is { } fixedModel && Array.IndexOf(counts.Models, fixedModel.Model) is >= 0 and int index
            ? fixedModel.Rating - PointsPerLogit * strengths[index]
            : Mean;
        return new([.. counts.Models.Select((m, i) => new Rating(m, PointsPerLogit * strengths[i] + shift, PointsPerLogit * Math.Sqrt(inverse[i, i]), votes[i]))], null);
    }

    /// <summary>Ratings of weighted votes, or null where no maximum exists.</summary>
    internal static double[]? Fit(VoteCounts counts) =>
        counts.Unbounded() is null ? [.. Solve(counts).Strengths.Select(s => PointsPerLogit * s + Mean)] : null;

    /// <summary>Strengths in logits with mean 0, and the pseudo-inverse of the information matrix there.</summary>
    static (double[] Strengths, double[,] Inverse) Solve(VoteCounts counts)
    {
        int n = counts.Count;
        var strengths = new double[n];
        double likelihood = LogLikelihood(counts, strengths);
        double[,] inverse = Inverse(counts, strengths);
        for (int step = 0; step < MostSteps; step++)
        {
            double[] gradient = Gradient(counts, strengths), move = new double[n];
            for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) move[i] += inverse[i, j] * gradient[j];
            double[] next = new double[n];
            double length = 1, reached, largest = move.Max(Math.Abs);
            // The likelihood is concave: a whole step nearly always improves it, a shorter one always does. Small steps are taken whole: they converge
            // quadratically, while what they gain is lost in the likelihood's rounding.
            do
            {
                for (int i = 0; i < n; i++) next[i] = strengths[i] + length * move[i];
                reached = LogLikelihood(counts, next);
                length /= 2;
            }
            while (reached < likelihood && largest > SmallStep && length > 1e-10);
            strengths = next;
            likelihood = reached;
            inverse = Inverse(counts, strengths);
            if (largest < 1e-13) break;
        }
        double mean = strengths.Average();
        return ([.. strengths.Select(s => s - mean)], inverse);
    }

    static double Probability(double difference) => 1 / (1 + Math.Exp(-difference));

    static double LogLikelihood(VoteCounts counts, double[] strengths)
    {
        double sum = 0;
        for (int i = 0; i < counts.Count; i++)
            for (int j = 0; j < counts.Count; j++)
                if (counts.Wins[i, j] > 0) sum -= counts.Wins[i, j] * Softplus(strengths[j] - strengths[i]);
        return sum;
    }

    /// <summary>ln(1 + eˣ) without overflow.</summary>
    static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    static double[] Gradient(VoteCounts counts, double[] strengths)
    {
        var gradient = new double[counts.Count];
        for (int i = 0; i < counts.Count; i++)
            for (int j = 0; j < counts.Count; j++)
                if (i != j) gradient[i] += counts.Wins[i, j] - (counts.Wins[i, j] + counts.Wins[j, i]) * Probability(strengths[i] - strengths[j]);
        return gradient;
    }

    /// <summary>
    /// Pseudo-inverse of the information matrix. Only differences of strengths are determined, so ones are its null space: adding a multiple of the
    /// projection onto them makes it invertible, and taking the projection away again leaves the pseudo-inverse.
    /// </summary>
    static double[,] Inverse(VoteCounts counts, double[] strengths)
    {
        int n = counts.Count;
        var information = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                information[i, j] += 1.0 / n;
                if (i == j) continue;
                double p = Probability(strengths[i] - strengths[j]), weight = (counts.Wins[i, j] + counts.Wins[j, i]) * p * (1 - p);
                information[i, i] += weight;
                information[i, j] -= weight;
            }
        }
        double[,] inverse = PositiveDefinite.Invert(information);
        for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) inverse[i, j] -= 1.0 / n;
        return inverse;
    }
}
