namespace Juxta.Workbench.Studies;

/// <summary>
/// How much one more vote between two models would tell: the gain of ln det of the information about all strengths (D-optimality; Chaloner and Verdinelli 1995)
/// under Bradley and Terry's model. A wide normal prior stands in for votes that are not there yet, so that it is defined from the first vote on.
/// </summary>
internal sealed class PairInformation
{
    /// <summary>Of a strength, in logits squared: two models differ by 350 points one way or the other.</summary>
    const double PriorVariance = 4;

    const int Steps = 25;

    readonly double[] _strengths;
    readonly double[,] _covariance;

    /// <param name="models">How many there are.</param>
    /// <param name="votes">Two models and the score of the first: 1, 0 or a half.</param>
    public PairInformation(int models, IEnumerable<(int First, int Second, double Score)> votes)
    {
        (int First, int Second, double Score)[] all = [.. votes];
        _strengths = new double[models];
        _covariance = Covariance(all);
        for (int step = 0; step < Steps; step++)
        {
            double[] gradient = [.. _strengths.Select(strength => -strength / PriorVariance)];
            foreach ((int first, int second, double score) in all)
            {
                double surprise = score - Probability(first, second);
                gradient[first] += surprise;
                gradient[second] -= surprise;
            }
            double largest = 0;
            for (int i = 0; i < models; i++)
            {
                double move = 0;
                for (int j = 0; j < models; j++) move += _covariance[i, j] * gradient[j];
                _strengths[i] += Math.Clamp(move, -1, 1);
                largest = Math.Max(largest, Math.Abs(move));
            }
            _covariance = Covariance(all);
            if (largest < 1e-9) break;
        }
    }

    public double Gain(int first, int second)
    {
        double p = Probability(first, second);
        double variance = _covariance[first, first] + _covariance[second, second] - 2 * _covariance[first, second];
        return Math.Log(1 + p * (1 - p) * variance);
    }

    double Probability(int first, int second) => 1 / (1 + Math.Exp(_strengths[second] - _strengths[first]));

    /// <summary>The inverse of the information at the present strengths, by Gauss and Jordan: it is positive definite, so no pivot is searched.</summary>
    double[,] Covariance((int First, int Second, double Score)[] votes)
    {
        int n = _strengths.Length;
        var matrix = new double[n, n];
        var inverse = new double[n, n];
        for (int i = 0; i < n; i++) (matrix[i, i], inverse[i, i]) = (1 / PriorVariance, 1);
        foreach ((int first, int second, _) in votes)
        {
            double p = Probability(first, second), weight = p * (1 - p);
            matrix[first, first] += weight;
            matrix[second, second] += weight;
            matrix[first, second] -= weight;
            matrix[second, first] -= weight;
        }
        for (int i = 0; i < n; i++)
        {
            double pivot = matrix[i, i];
            for (int k = 0; k < n; k++) (matrix[i, k], inverse[i, k]) = (matrix[i, k] / pivot, inverse[i, k] / pivot);
            for (int j = 0; j < n; j++)
            {
                double factor = matrix[j, i];
                if (j == i || factor == 0) continue;
                for (int k = 0; k < n; k++) (matrix[j, k], inverse[j, k]) = (matrix[j, k] - factor * matrix[i, k], inverse[j, k] - factor * inverse[i, k]);
            }
        }
        return inverse;
    }
}
