using Microsoft.AspNetCore.Http;

namespace Juxta.Web;

/// <summary>A browser that asks for an address without a page gets one that says so. Programs, which do not ask for HTML, get the bare 404.</summary>
internal sealed class NoSuchPage(RequestDelegate next)
{
    const string Page = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Not found · Juxta</title>
          <link rel="icon" href="/favicon.svg" type="image/svg+xml">
          <link rel="stylesheet" href="/app.css">
          <link rel="stylesheet" href="/css/Layout.css">
        </head>
        <body><main class="broken"><h1>There is no such page</h1><p><a href="/">Back to the conversations</a></p></main></body>
        </html>
        """;

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        HttpResponse response = context.Response;
        if (response.StatusCode != StatusCodes.Status404NotFound || response.HasStarted || response.ContentLength > 0) return;
        if (!HttpMethods.IsGet(context.Request.Method) || !AsksForHtml(context.Request)) return;
        response.ContentType = "text/html; charset=utf-8";
        await response.WriteAsync(Page);
    }

    static bool AsksForHtml(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
