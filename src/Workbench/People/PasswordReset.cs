namespace Juxta.Workbench.People;

/// <summary>What became of a link with which somebody chooses a new password.</summary>
public enum ResetState
{
    /// <summary>It can be used.</summary>
    Open,

    /// <summary>A password was chosen with it.</summary>
    Used,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>A newer link was made for the same person.</summary>
    Replaced,
}

/// <summary>A link with which somebody chooses a new password, as administrators see it later: never with its code.</summary>
/// <param name="Name">Whose password it is.</param>
/// <param name="MadeBy">Who made it; null = somebody at the command line of the server's machine.</param>
/// <param name="Used">When; null while it was not.</param>
public sealed record PasswordReset(string Name, string? MadeBy, DateTimeOffset Made, DateTimeOffset Expires, DateTimeOffset? Used, ResetState State);
