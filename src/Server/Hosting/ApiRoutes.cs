using Juxta.Server.Chat;
using Juxta.Server.Completions;
using Juxta.Server.Health;
using Juxta.Server.Models;
using Juxta.Server.Votes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Juxta.Server.Hosting;

/// <summary>The HTTP API as a whole: every other path belongs to the pages.</summary>
internal static class ApiRoutes
{
    public static bool Own(PathString path) => path.StartsWithSegments("/v1") || path == "/health" || path == "/metrics";

    public static void Map(IEndpointRouteBuilder routes)
    {
        ChatEndpoint.Map(routes);
        CompletionEndpoint.Map(routes);
        ModelEndpoints.Map(routes);
        AdapterEndpoints.Map(routes);
        TokenEndpoints.Map(routes);
        RateEndpoints.Map(routes);
        HealthEndpoint.Map(routes);
        MetricsEndpoint.Map(routes);
    }
}
