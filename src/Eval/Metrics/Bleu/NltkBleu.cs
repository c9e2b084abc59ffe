using Juxta.Eval.Significance;
using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Bleu;

/// <summary>NLTK's smoothing functions for sentence_bleu (Chen and Cherry 2014), by their numbers there.</summary>
internal enum NltkSmoothing
{
    /// <summary>No smoothing: the smallest positive double stands for 0, so a score without a match at some order is like 1e-155.</summary>
    Method0,

    /// <summary>0.1 in place of no match.</summary>
    Method1,

    /// <summary>One more match and one more n-gram at all orders above 1.</summary>
    Method2,

    /// <summary>1/2, 1/4, … of a match at the orders without one.</summary>
    Method3,

    /// <summary>Method 3 with less for short answers.</summary>
    Method4,
}

/// <summary>BLEU as NLTK 3.8 computes it from tokens, 0 to 1, digit for digit.</summary>
internal sealed class NltkBleu
{
    const double SmallestNormal = 2.2250738585072014e-308;

    readonly NgramTrie _ngrams = new();

    /// <param name="answer">Token ids.</param>
    /// <param name="references">Token ids of each reference.</param>
    /// <param name="weights">Of the orders from 1 on.</param>
    /// <param name="reweigh">Weigh only the orders that a shorter answer has, when the weights are four quarters.</param>
    public double Score(ReadOnlySpan<int> answer, IReadOnlyList<int[]> references, double[] weights, NltkSmoothing smoothing, bool reweigh = false)
    {
        int orders = weights.Length;
        Span<double> matches = stackalloc double[orders];
        matches.Clear();
        _ngrams.Clear();
        foreach (int[] reference in references) _ngrams.Add(reference, orders);
        _ngrams.CountMatches(answer, matches);
        int[] lengths = [.. references.Select(r => r.Length)];
        return Score(matches, Totals(answer.Length, orders), answer.Length, BleuFormula.ClosestLength(answer.Length, lengths), weights, smoothing, reweigh);
    }

    /// <summary>N-grams of an answer per order; 1 where it has none.</summary>
    public static double[] Totals(int length, int orders) => [.. Enumerable.Range(0, orders).Select(n => (double)Math.Max(1, length - n))];

    /// <summary>The score of counts.</summary>
    public static double Score(
        ReadOnlySpan<double> matches, ReadOnlySpan<double> totals, double length, double closest, double[] weights, NltkSmoothing smoothing, bool reweigh = false)
    {
        if (matches[0] == 0) return 0;
        if (reweigh && length < 4 && weights is [0.25, 0.25, 0.25, 0.25]) weights = [.. Enumerable.Repeat(1 / length, (int)length)];
        var logarithms = new double[weights.Length];
        int missing = 0;
        for (int n = 0; n < weights.Length; n++)
        {
            double p = matches[n] / totals[n];
            if (smoothing == NltkSmoothing.Method2 && n > 0) p = (matches[n] + 1) / (totals[n] + 1);
            else if (matches[n] == 0 && Missing(smoothing, totals[n], length, ref missing) is { } instead) p = instead;
            if (p > 0) logarithms[n] = weights[n] * Math.Log(p); // as NLTK does, an order of 0 is passed over: only method 4 of a single token leaves one
        }
        double penalty = length > closest ? 1 : length == 0 ? 0 : Math.Exp(1 - closest / length);
        return penalty * Math.Exp(ExactSum.Of(logarithms));
    }

    static double? Missing(NltkSmoothing smoothing, double total, double length, ref int missing) => smoothing switch
    {
        NltkSmoothing.Method0 => SmallestNormal,
        NltkSmoothing.Method1 => (0 + 0.1) / total,
        NltkSmoothing.Method3 => 1 / (Math.ScaleB(1, ++missing) * total),
        NltkSmoothing.Method4 when length > 1 => 1 / (Math.ScaleB(1, ++missing) * 5 / Math.Log(length)) / total,
        _ => null,
    };
}
