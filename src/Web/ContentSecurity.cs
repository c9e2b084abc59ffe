using Microsoft.AspNetCore.Http;

namespace Juxta.Web;

/// <summary>
/// Tells the browser to run and load nothing but this server's own files, so that text which slipped through the Markdown filter could still do nothing:
/// no inline script, no remote image, no framing by other sites.
/// </summary>
internal sealed class ContentSecurity(RequestDelegate next)
{
    const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; " +
        "base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

    public Task InvokeAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        // Not no-referrer: a browser then says 'Origin: null' with this server's own forms, and they are taken for another site's.
        headers["Referrer-Policy"] = "same-origin";
        return next(context);
    }
}
