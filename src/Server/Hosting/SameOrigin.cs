using System.Net;
using Juxta.Server.Wire;
using Microsoft.AspNetCore.Http;

namespace Juxta.Server.Hosting;

/// <summary>
/// Keeps other websites out of a server that their visitors can reach. A page elsewhere can point its own name at 127.0.0.1 (DNS rebinding): the Host
/// header tells. It can also send requests and open web sockets across origins: the Origin header tells. Programs send no Origin and are not concerned.
/// </summary>
internal sealed class SameOrigin(RequestDelegate next, ServerOptions options)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (!IsKnownHost(http))
        {
            return Refuse(http, $"this server is not called '{http.Request.Host.Host}'; use its address, or start it with --allowed-host and that name", "unknown_host");
        }

        string origin = http.Request.Headers.Origin.ToString();
        return origin.Length == 0 || IsOwn(origin, http.Request)
            ? next(http)
            : Refuse(http, "requests from other websites are not allowed", "foreign_origin");
    }

    /// <summary>Behind an API key or a sign-in the name does not matter: a foreign page cannot know the key, and has no cookie of ours. Without one, only this machine's own names are true.</summary>
    bool IsKnownHost(HttpContext http)
    {
        string host = http.Request.Host.Host.Trim('[', ']');
        return options.ApiKey is not null || options.Shared
            || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out IPAddress? ip) && IPAddress.IsLoopback(ip))
            || options.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);
    }

    static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && uri.Authority.Equals(Authority(request), StringComparison.OrdinalIgnoreCase);

    /// <summary>Host and port as <see cref="Uri.Authority"/> writes them: without the scheme's own port.</summary>
    static string Authority(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out Uri? own) ? own.Authority : "";

    static Task Refuse(HttpContext http, string message, string code) =>
        ErrorResponses.WriteAsync(http, StatusCodes.Status403Forbidden, ErrorBody.Of(StatusCodes.Status403Forbidden, message, null, code));
}
