using System.Runtime.Intrinsics;
using Juxta.Engine;
using Juxta.Server.Wire;
using Juxta.Workbench.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Juxta.Server.Health;

/// <summary><c>GET /health</c>: 200 once the models named at start answer requests, 503 before and after a failure.</summary>
internal static class HealthEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/health", async (HttpContext http, ModelShelf shelf, ServerOptions options) =>
    {
        HealthReport report = await ReportAsync(shelf, options, http.RequestAborted);
        if (report.Status != HealthReport.Ok) http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await WireJson.WriteAsync(http.Response, report, WireJson.Default.HealthReport);
    });

    static async Task<HealthReport> ReportAsync(ModelShelf shelf, ServerOptions options, CancellationToken cancel)
    {
        var models = new List<ModelHealth>();
        foreach (ModelEntry entry in shelf.Models)
        {
            EngineLoad? load = entry.Status == LoadStatus.Ready ? (await shelf.OpenAsync(entry.Id, cancel)).Engine.Load : null;
            models.Add(new ModelHealth(entry.Id, Word(entry.Status), entry.Progress, entry.Error, load is EngineLoad now ? LoadReport.Of(now) : null));
        }

        int threads = options.Workbench.Engine.Threads;
        return new HealthReport(StatusOf(shelf.Models, options), SimdBits, threads == 0 ? Environment.ProcessorCount : threads, models);
    }

    /// <summary>Only models named at start count: one that is opened when first asked for does not make the server unready.</summary>
    static string StatusOf(IReadOnlyList<ModelEntry> models, ServerOptions options)
    {
        string[] folders = [.. options.Workbench.Models.Select(FullPath)];
        LoadStatus[] named = [.. models.Where(model => folders.Contains(FullPath(model.Folder), StringComparer.Ordinal)).Select(model => model.Status)];
        return named.Contains(LoadStatus.Failed) ? "failed"
            : named.Contains(LoadStatus.Loading) || (options.Workbench.OpenAtStart && named.Contains(LoadStatus.NotLoaded)) ? "loading"
            : HealthReport.Ok;
    }

    static string FullPath(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    public static string Word(LoadStatus status) => status switch
    {
        LoadStatus.NotLoaded => "not_loaded",
        LoadStatus.Loading => "loading",
        LoadStatus.Ready => "ready",
        _ => "failed",
    };

    static int SimdBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 32;
}

/// <param name="Status"><c>ok</c>, <c>loading</c> or <c>failed</c>.</param>
/// <param name="SimdBits">Width of the vectors the machine computes with; 32 = none.</param>
/// <param name="Threads">Threads of a model step.</param>
internal sealed record HealthReport(string Status, int SimdBits, int Threads, IReadOnlyList<ModelHealth> Models)
{
    public const string Ok = "ok";
}

/// <param name="Progress">Share of the weights read, 0 … 1.</param>
internal sealed record ModelHealth(string Id, string Status, double Progress, string? Error, LoadReport? Load);

internal sealed record LoadReport(int Running, int Waiting, int CacheTokensUsed, int CacheTokens)
{
    public static LoadReport Of(EngineLoad load) => new(load.Running, load.Waiting, load.CacheTokensUsed, load.CacheTokens);
}
