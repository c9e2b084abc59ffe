using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Juxta.WorkbenchTests.Endpoints;

/// <summary>A server on loopback that does to a request what a test says: for the ways in which real ones fail. Real HTTP by ASP.NET Core.</summary>
sealed class StandInServer : IAsyncDisposable
{
    readonly WebApplication _app;

    StandInServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>Bodies of the requests to its chat API, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <param name="chat">Answers <c>POST /v1/chat/completions</c>.</param>
    /// <param name="models">Body of <c>GET /v1/models</c>; null = 404.</param>
    public static async Task<StandInServer> StartAsync(Func<HttpContext, Task> chat, string? models = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var server = new StandInServer(app);
        app.MapPost("/v1/chat/completions", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
            string asked = await reader.ReadToEndAsync();
            lock (server.Asked) server.Asked.Add(asked);
            await chat(http);
        });
        if (models is not null) app.MapGet("/v1/models", () => Results.Text(models, "application/json"));
        await app.StartAsync();
        return server;
    }

    /// <summary>One that streams these events and then ends the answer.</summary>
    public static Task<StandInServer> StreamingAsync(params string[] events) => StartAsync(async http =>
    {
        http.Response.ContentType = "text/event-stream";
        foreach (string data in events) await http.Response.WriteAsync($"data: {data}\n\n");
    });

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
