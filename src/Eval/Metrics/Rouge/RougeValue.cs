namespace Juxta.Eval.Metrics.Rouge;

/// <summary>Precision, recall and their harmonic mean.</summary>
internal readonly record struct RougeValue(double Precision, double Recall, double F)
{
    /// <summary>rouge_score's: 0 where there is nothing to divide by.</summary>
    public static RougeValue Of(double hits, int candidateCount, int referenceCount)
    {
        double precision = hits / Math.Max(candidateCount, 1), recall = hits / Math.Max(referenceCount, 1);
        return new(precision, recall, precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0);
    }

    /// <summary>That of the packages `rouge` and `rouge_chinese`: 1e-8 in the denominator, so identical texts reach 0.999999995.</summary>
    public static RougeValue WithEpsilon(double hits, int candidateCount, int referenceCount)
    {
        double precision = candidateCount == 0 ? 0 : hits / candidateCount, recall = referenceCount == 0 ? 0 : hits / referenceCount;
        return new(precision, recall, 2.0 * ((precision * recall) / (precision + recall + 1e-8)));
    }

    public void Write(Span<double> statistics)
    {
        statistics[0] = Precision;
        statistics[1] = Recall;
        statistics[2] = F;
    }
}
