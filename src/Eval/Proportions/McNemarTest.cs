namespace Juxta.Eval.Proportions;

/// <summary>McNemar's test (1947) of two systems on the same yes-or-no samples, by the samples that only one of them got right.</summary>
public static class McNemarTest
{
    /// <summary>Exact two-sided p.</summary>
    public static double Exact(int onlyFirst, int onlySecond) => Math.Min(1, 2 * SignTest.Less(Math.Min(onlyFirst, onlySecond), Math.Max(onlyFirst, onlySecond)));

    /// <summary>The chi-squared statistic of one degree of freedom and its p-value; with Edwards' continuity correction where asked for.</summary>
    public static (double Statistic, double PValue) ChiSquared(int onlyFirst, int onlySecond, bool corrected)
    {
        double difference = Math.Abs(onlyFirst - onlySecond) - (corrected ? 1 : 0), statistic = difference * difference / (onlyFirst + onlySecond);
        return (statistic, SpecialFunctions.ErrorComplement(Math.Sqrt(statistic / 2)));
    }
}
