using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Juxta.Server.Health;

/// <summary>Counts API requests by route and status. Unknown paths count as one route: nobody can make the list grow.</summary>
internal sealed class CountRequests(RequestDelegate next, RequestCounters counters)
{
    /// <summary>nginx's status for a client that went away before its answer.</summary>
    const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext http)
    {
        await next(http);
        string route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "other";
        counters.CountRequest(route, http.RequestAborted.IsCancellationRequested ? ClientClosedRequest : http.Response.StatusCode);
    }
}
