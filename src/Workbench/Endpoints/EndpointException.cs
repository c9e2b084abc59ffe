using System.Net;

namespace Juxta.Workbench.Endpoints;

/// <summary>A server that cannot be asked, or that answered otherwise than the OpenAI API does; the message says what to do.</summary>
public sealed class EndpointException(string message, Exception? inner = null) : WorkbenchException(message, inner)
{
    /// <summary>What the server answered with; null where it answered nothing of use.</summary>
    internal HttpStatusCode? Status { get; init; }

    /// <summary>The server's own words.</summary>
    internal string? Said { get; init; }
}
