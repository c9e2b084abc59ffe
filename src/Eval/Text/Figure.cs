using System.Globalization;

namespace Juxta.Eval.Text;

/// <summary>A number as text, in every culture alike.</summary>
internal static class Figure
{
    /// <summary>From here on digits behind the point say nothing, and those before it cannot be counted by eye: the perplexity of a wrong tokenizer.</summary>
    const double Large = 1e9;

    /// <summary>So many digits behind the point; <c>1.235e12</c> where the number is large.</summary>
    public static string Fixed(double value, int decimals) =>
        value.ToString(Math.Abs(value) < Large ? string.Create(CultureInfo.InvariantCulture, $"F{decimals}") : "0.###e0", CultureInfo.InvariantCulture);
}
