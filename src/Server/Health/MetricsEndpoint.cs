using System.Globalization;
using System.Text;
using Juxta.Engine;
using Juxta.Workbench.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Juxta.Server.Health;

/// <summary><c>GET /metrics</c>: counters and gauges in Prometheus' text format 0.0.4.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/metrics", async (HttpContext http, ModelShelf shelf, RequestCounters counters) =>
    {
        var loads = new List<(string Model, EngineLoad Load)>();
        foreach (ModelEntry entry in shelf.Models.Where(entry => entry.Status == LoadStatus.Ready))
        {
            loads.Add((entry.Id, (await shelf.OpenAsync(entry.Id, http.RequestAborted)).Engine.Load));
        }

        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await http.Response.WriteAsync(Write(counters, loads), http.RequestAborted);
    });

    internal static string Write(RequestCounters counters, IReadOnlyList<(string Model, EngineLoad Load)> loads)
    {
        var text = new StringBuilder();
        Family("juxta_requests_total", "counter", "API requests by route and HTTP status.",
            counters.Requests.Select(line => ($"route=\"{Escape(line.Route)}\",status=\"{line.Status}\"", line.Count)));
        Family("juxta_prompt_tokens_total", "counter", "Tokens of prompts that API requests were answered for.", [("", counters.PromptTokens)]);
        Family("juxta_generated_tokens_total", "counter", "Tokens drawn for API requests.", [("", counters.GeneratedTokens)]);
        Gauge("juxta_requests_running", "Generations in the model's steps now.", load => load.Running);
        Gauge("juxta_requests_waiting", "Generations that wait for a place.", load => load.Waiting);
        Gauge("juxta_cache_tokens_used", "Tokens in the key/value cache.", load => load.CacheTokensUsed);
        Gauge("juxta_cache_tokens", "Tokens that the key/value cache can hold.", load => load.CacheTokens);
        return text.ToString();

        void Gauge(string name, string help, Func<EngineLoad, int> value) =>
            Family(name, "gauge", help, loads.Select(line => ($"model=\"{Escape(line.Model)}\"", (long)value(line.Load))));

        void Family(string name, string type, string help, IEnumerable<(string Labels, long Value)> samples)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
            foreach ((string labels, long value) in samples) text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length == 0 ? "" : $"{{{labels}}}")} {value}\n");
        }
    }

    static string Escape(string label) =>
        label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
