using System.Globalization;
using System.Text;
using Juxta.Engine.Tokenization;
using Juxta.Workbench.Compare;

namespace Juxta.Web.Compare;

/// <summary>Where an answer leaves the reference, in words.</summary>
internal static class DivergenceText
{
    /// <param name="found">The reference on the left.</param>
    /// <param name="reference">The name of the reference's column.</param>
    /// <param name="vocabulary">Of both; null when it is not in memory.</param>
    public static string Describe(Divergence found, string reference, Tokenizer? vocabulary) => string.Create(CultureInfo.InvariantCulture,
        $"First different token: no. {found.Token + 1}, after {found.RightPosition} character{(found.RightPosition == 1 ? "" : "s")}. Here {Token(found.RightId, vocabulary)}, in {reference} {Token(found.LeftId, vocabulary)}.");

    /// <summary>“ cat” (id 410); what could not be seen is spelled out.</summary>
    public static string Token(int? token, Tokenizer? vocabulary)
    {
        if (token is not int id) return "nothing more";
        string number = id.ToString(CultureInfo.InvariantCulture);
        if (vocabulary?.TokenOf(id) is not { } spelled) return $"id {number}";
        string text = Encoding.UTF8.GetString(vocabulary.BytesOf(id));
        bool legible = text.Length > 0 && !text.Contains('\uFFFD', StringComparison.Ordinal) && !text.Any(char.IsControl);
        return $"“{(legible ? text : spelled)}” (id {number})";
    }

    /// <summary>Ids mean the same in both: one tokenizer, or two that spell all ids of both answers alike.</summary>
    public static bool Comparable(Tokenizer? left, Tokenizer? right, IEnumerable<int> ids) =>
        ReferenceEquals(left, right) || (left is not null && right is not null && ids.All(id => left.TokenOf(id) == right.TokenOf(id)));
}
