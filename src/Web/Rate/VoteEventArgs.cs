namespace Juxta.Web.Rate;

/// <summary>A verdict was pressed; rate.js says what the browser knows of it.</summary>
public sealed class VoteEventArgs : EventArgs
{
    /// <summary>The vote's, made by the browser.</summary>
    public Guid Id { get; set; }

    /// <summary>What was on the screen.</summary>
    public Guid Showing { get; set; }

    /// <summary>Its word.</summary>
    public string Verdict { get; set; } = "";

    /// <summary>Milliseconds that the pair was in view.</summary>
    public double Spent { get; set; }

    /// <summary>The browser's clock, in milliseconds since 1970.</summary>
    public double SentAt { get; set; }
}
