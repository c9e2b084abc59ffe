using System.Security.Cryptography;
using System.Text;
using Juxta.Server.People;
using Juxta.Server.Wire;
using Juxta.Web.People;
using Juxta.Workbench.People;
using Microsoft.AspNetCore.Http;

namespace Juxta.Server.Hosting;

/// <summary>
/// Where an API key is set, lets pass only who shows it: programs as <c>Authorization: Bearer KEY</c>, browsers as the password of their own
/// sign-in box (Basic). <c>/health</c> stays open for whoever watches over the process.
/// </summary>
internal sealed class ApiKeyGate(RequestDelegate next, ServerOptions options)
{
    readonly byte[]? _expected = options.ApiKey is null ? null : Hash(options.ApiKey);

    public Task InvokeAsync(HttpContext http)
    {
        if (options.Shared)
        {
            // Who has no key may still be signed in: PeopleGate decides.
            if (_expected is not null && IsRight(http.Request.Headers.Authorization.ToString())) http.User = SignIn.Principal(Person.Local, Visitor.KeyHolder);
            return next(http);
        }
        if (_expected is null || http.Request.Path == "/health" || IsRight(http.Request.Headers.Authorization.ToString())) return next(http);
        bool isApi = ApiRoutes.Own(http.Request.Path);
        http.Response.Headers.WWWAuthenticate = isApi ? "Bearer" : "Basic realm=\"Juxta: any name, the API key as password\", charset=\"UTF-8\"";
        return ErrorResponses.WriteAsync(http, StatusCodes.Status401Unauthorized, ErrorBody.Of(StatusCodes.Status401Unauthorized,
            "an API key is needed: send the header 'Authorization: Bearer KEY' with the key this server was started with", null, "invalid_api_key"));
    }

    bool IsRight(string authorization)
    {
        string? shown = After(authorization, "Bearer ") ?? Password(After(authorization, "Basic "));
        return shown is not null && CryptographicOperations.FixedTimeEquals(Hash(shown), _expected);
    }

    static string? After(string text, string scheme) =>
        text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? text[scheme.Length..].Trim() : null;

    static string? Password(string? credentials)
    {
        if (credentials is null) return null;
        var bytes = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials, bytes, out int length)) return null;
        string pair = Encoding.UTF8.GetString(bytes, 0, length);
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : pair[(colon + 1)..];
    }

    static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
