using System.Security.Claims;
using Juxta.Server.Hosting;
using Juxta.Server.Wire;
using Juxta.Web.People;
using Juxta.Workbench.People;
using Microsoft.AspNetCore.Http;

namespace Juxta.Server.People;

/// <summary>
/// In shared mode lets pass who is signed in, and keeps annotators to the pairs they judge. Programs that show the API key, where there is one, pass as this machine's
/// own user. Open to all: <c>/health</c>, the way in, and the files that every page loads.
/// </summary>
internal sealed class PeopleGate(RequestDelegate next)
{
    static readonly string[] WayIn = ["/sign-in", "/join", "/reset", "/people/sign-in", "/people/join", "/people/reset", "/css", "/lib", "/_framework"];

    static readonly string[] Annotators = ["/rate", "/v1/rate", "/_blazor", "/people/sign-out"];

    public Task InvokeAsync(HttpContext http)
    {
        PathString path = http.Request.Path;
        ClaimsPrincipal user = http.User;
        bool known = user.Identity?.IsAuthenticated == true;
        if (path == "/health" || WayIn.Any(open => path.StartsWithSegments(open)) || IsFile(path)) return next(http);
        // The live connection of the page to sign in on is nobody's: that page can do nothing else (PageGuard).
        if (!known && path.StartsWithSegments("/_blazor")) return next(http);
        if (!known) return ApiRoutes.Own(path) ? Refuse(http, StatusCodes.Status401Unauthorized, "sign in first, or show the server's API key") : Lead(http, $"/sign-in?back={Uri.EscapeDataString(path + http.Request.QueryString)}");
        bool all = user.IsInRole(nameof(Role.Admin)) || user.IsInRole(nameof(Role.Lead)) || user.Identity?.AuthenticationType == Visitor.KeyHolder;
        if (all || Annotators.Any(open => path.StartsWithSegments(open))) return next(http);
        return path == "/" ? Lead(http, "/rate") : Refuse(http, StatusCodes.Status403Forbidden, "this is for leads; annotators find their studies under /rate");
    }

    /// <summary>A file of the pages' own, at the root: <c>/app.js</c>. No page's address has a dot.</summary>
    static bool IsFile(PathString path) => path.Value is { } text && text.LastIndexOf('/') == 0 && text.Contains('.', StringComparison.Ordinal);

    static Task Lead(HttpContext http, string to)
    {
        http.Response.Redirect(to);
        return Task.CompletedTask;
    }

    static Task Refuse(HttpContext http, int status, string message) =>
        ErrorResponses.WriteAsync(http, status, ErrorBody.Of(status, message, null, status == StatusCodes.Status401Unauthorized ? "not_signed_in" : "not_allowed"));
}
