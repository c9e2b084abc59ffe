using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Juxta.Web.Assets;

/// <summary>The page's scripts, styles and images: resources of this assembly, each an endpoint at the path it has below <c>wwwroot</c>.</summary>
internal static class WebAssets
{
    const string Root = "wwwroot/";

    static readonly FileExtensionContentTypeProvider ContentTypes = new();

    public static void MapWebAssets(this IEndpointRouteBuilder endpoints)
    {
        Assembly assembly = typeof(WebAssets).Assembly;
        foreach (string resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Root, StringComparison.Ordinal)))
        {
            var asset = new Lazy<WebAsset>(() => Read(assembly, resource));
            endpoints.MapMethods("/" + resource[Root.Length..], [HttpMethods.Get, HttpMethods.Head], (HttpContext context) => Send(asset.Value, context))
                .ExcludeFromDescription().AllowAnonymous();
        }
    }

    /// <summary>The path itself, or null where this build has no such file: libraries for the browser are fetched by npm, if there is one.</summary>
    public static string? IfThere(string path) => typeof(WebAssets).Assembly.GetManifestResourceInfo(Root + path) is null ? null : path;

    static WebAsset Read(Assembly assembly, string resource)
    {
        using Stream stream = assembly.GetManifestResourceStream(resource)!;
        using var plain = new MemoryStream();
        stream.CopyTo(plain);
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Optimal, leaveOpen: true)) brotli.Write(plain.GetBuffer(), 0, (int)plain.Length);
        string type = ContentTypes.TryGetContentType(resource, out string? known) ? known : "application/octet-stream";
        string hash = Convert.ToHexStringLower(SHA256.HashData(plain.GetBuffer().AsSpan(0, (int)plain.Length)))[..16];
        return new WebAsset(plain.ToArray(), compressed.ToArray(), type, hash);
    }

    /// <summary>Browsers ask each time (no-cache) and are told 304 while the content is the same, so an upgrade never meets an old script.</summary>
    static IResult Send(WebAsset asset, HttpContext context)
    {
        bool brotli = context.Request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value == "br" && encoding.Quality is not 0);
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (brotli) context.Response.Headers.ContentEncoding = "br";
        var tag = new EntityTagHeaderValue($"\"{asset.Hash}{(brotli ? "-br" : "")}\"");
        return Results.Bytes(brotli ? asset.Compressed : asset.Plain, asset.ContentType, entityTag: tag);
    }

    sealed record WebAsset(byte[] Plain, byte[] Compressed, string ContentType, string Hash);
}
