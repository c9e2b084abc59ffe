using System.Globalization;
using Juxta.Eval.Text;

namespace Juxta.Eval.Reports;

/// <summary>Figures as people read them; the minus is U+2212, the culture does not matter.</summary>
public static class ReportNumbers
{
    /// <summary>Digits after the point that tell scores of this size apart.</summary>
    public static int Decimals(params ReadOnlySpan<double> scores)
    {
        double most = 0;
        foreach (double score in scores) most = Math.Max(most, Math.Abs(score));
        return most < 2 ? 4 : most < 10 ? 3 : 2;
    }

    public static string Score(double value, int decimals) => Plain(value, decimals);

    /// <summary>With its sign.</summary>
    public static string Signed(double value, int decimals) => Rounded(value, decimals) > 0 ? "+" + Plain(value, decimals) : Plain(value, decimals);

    /// <summary><c>−0.10 to +0.32</c>.</summary>
    public static string Between(double low, double high, int decimals) => $"{Signed(low, decimals)} to {Signed(high, decimals)}";

    /// <summary>A p-value: never shown as 0.</summary>
    public static string P(double p) => p < 0.0001 ? "< 0.0001" : p < 0.01 ? Plain(p, 4) : Plain(p, 3);

    /// <summary><c>p = 0.012</c> or <c>p &lt; 0.0001</c>.</summary>
    public static string SayP(double p) => p < 0.0001 ? "p < 0.0001" : $"p = {P(p)}";

    /// <summary>A share of 0 to 1.</summary>
    public static string Share(double share) => Plain(share * 100, 1) + " %";

    public static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    /// <summary>So many of something: 1 vote, 2 votes.</summary>
    public static string Count(long count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    static double Rounded(double value, int decimals) => double.Parse(Figure.Fixed(value, decimals), CultureInfo.InvariantCulture);

    static string Plain(double value, int decimals)
    {
        if (!double.IsFinite(value)) return "none";
        string text = Figure.Fixed(Math.Abs(value), decimals);
        return value < 0 && Rounded(value, decimals) != 0 ? "−" + text : text;
    }
}
