using System.Globalization;
using Juxta.Eval.Reports;
using Juxta.Eval.Significance;

namespace Juxta.Web.Runs;

/// <summary>Figures that stand alone, as a person reads them.</summary>
internal static class ScoreText
{
    public static string Of(double value) => ReportNumbers.Score(value, ReportNumbers.Decimals(value));

    /// <summary>A score and half of its interval, rounded alike.</summary>
    public static (string Score, string HalfWidth) WithInterval(double score, ConfidenceInterval interval)
    {
        int digits = ReportNumbers.Decimals(score);
        return (ReportNumbers.Score(score, digits), ReportNumbers.Score(interval.HalfWidth, digits));
    }

    /// <summary>With its sign, so that it reads as a difference.</summary>
    public static string Difference(double value) => ReportNumbers.Signed(value, ReportNumbers.Decimals(value));

    /// <summary>A part of a hundred.</summary>
    public static string Share(int part, int whole) => whole == 0 ? "0 %" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.#} %");

    /// <summary>The beginning of a hash, which tells two apart, and what stands behind it: how weights were kept, or what computed them.</summary>
    public static string Hash(string hash) => hash.Length <= 12 ? hash : $"{hash[..12]}…{(hash.IndexOf(':', StringComparison.Ordinal) is > 0 and var said ? hash[said..] : "")}";
}
