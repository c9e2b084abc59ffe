namespace Juxta.Workbench.Hub;

/// <summary>A model of the Hub cannot be found or downloaded; the message says why and what to do. It never holds the token.</summary>
public sealed class HubException(string message, Exception? inner = null) : WorkbenchException(message, inner);

/// <summary>A failure that may pass when tried again: the network, a timeout, a busy server.</summary>
/// <param name="after">How long the server asked to wait.</param>
internal sealed class PassingHubException(string message, Exception? inner = null, TimeSpan? after = null) : Exception(message, inner)
{
    public TimeSpan After { get; } = after ?? TimeSpan.Zero;
}
