using System.Globalization;

namespace Juxta.Web.Chat;

/// <summary>How full the context is, in words.</summary>
/// <param name="Used">Tokens of prompt and answer.</param>
/// <param name="Limit">Tokens that the model can hold; null while it is not in memory.</param>
internal sealed record ContextText(int Used, int? Limit)
{
    /// <summary>From here on a person should know: an ordinary turn may no longer fit.</summary>
    const double NearlyFull = 0.85;

    public string Text => Limit is int limit ? $"{Number(Used)} of {Number(limit)} tokens" : $"{Number(Used)} tokens";

    /// <summary>A class of Chat.css.</summary>
    public string Level => Limit is not int limit || Used < limit * NearlyFull ? "roomy" : Used < limit ? "near" : "full";

    /// <summary>What to do about it; null while there is room.</summary>
    public string? Advice => Level switch
    {
        "near" => $"Nearly full: {Number(Limit!.Value - Used)} left",
        "full" => "Full: edit an earlier turn, or start a new conversation",
        _ => null,
    };

    static string Number(int tokens) => tokens.ToString("N0", CultureInfo.InvariantCulture);
}
