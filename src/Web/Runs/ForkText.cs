using System.Globalization;
using Juxta.Engine.Tokenization;
using Juxta.Eval.Comparison;
using Juxta.Web.Compare;

namespace Juxta.Web.Runs;

/// <summary>Where the tokens of two answers part, in words.</summary>
internal static class ForkText
{
    /// <param name="fork">Where.</param>
    /// <param name="vocabulary">Of both; null when nobody has it here.</param>
    public static string Describe(TokenDivergence fork, Tokenizer? vocabulary) => string.Create(CultureInfo.InvariantCulture,
        $"First different token: no. {fork.Token + 1}. Baseline {Side(fork.BaselineId, fork.BaselineProbability, vocabulary)}, candidate {Side(fork.CandidateId, fork.CandidateProbability, vocabulary)}.");

    static string Side(int? id, double? probability, Tokenizer? vocabulary) => probability is { } p
        ? string.Create(CultureInfo.InvariantCulture, $"{DivergenceText.Token(id, vocabulary)} with probability {p.ToString(p < 0.001 ? "0.#e0" : "0.###", CultureInfo.InvariantCulture)}")
        : DivergenceText.Token(id, vocabulary);
}
