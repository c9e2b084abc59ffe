using System.ClientModel;
using Juxta.Tests;
using System.ClientModel.Primitives;
using System.Net;
using System.Text;
using System.Text.Json;
using Juxta.Engine;
using Juxta.Server;
using Juxta.Workbench;
using Microsoft.AspNetCore.Builder;
using OpenAI;
using OpenAI.Chat;

namespace Juxta.ServerTests;

/// <summary>A server on a free port of this machine, with one model, and clients for it.</summary>
sealed class TestServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly string _folder;

    TestServer(WebApplication app, string folder, string model)
    {
        _app = app;
        _folder = folder;
        Model = model;
        Address = new Uri(app.Urls.Single());
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Id of the model.</summary>
    public string Model { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="model"><c>tiny</c> (made on the spot) or <c>stories260k</c> (a fixture; the test is skipped without it).</param>
    public static async Task<TestServer> StartAsync(string model, Func<ServerOptions, ServerOptions>? configure = null)
    {
        string? fixture = model == "tiny" ? null : Fixtures.Require("models", model);
        string folder = Directory.CreateTempSubdirectory("juxta-server-").FullName;
        string checkpoint = fixture ?? Path.Combine(folder, "models", model);
        if (fixture is null) TinyModel.Write(checkpoint);

        var options = new ServerOptions
        {
            Workbench = new WorkbenchOptions { Models = [checkpoint], DataFolder = Path.Combine(folder, "data"), Engine = new EngineOptions { Threads = 1 } },
            Urls = ["http://127.0.0.1:0"],
            ApiKey = null,
            Output = TextWriter.Null,
            Error = TextWriter.Null,
        };
        WebApplication app = JuxtaServer.Build(configure?.Invoke(options) ?? options);
        await app.StartAsync();
        var server = new TestServer(app, folder, model);
        await server.WaitUntilAsync("/health answers 200", async () => (await server.Http.GetAsync("/health")).StatusCode == HttpStatusCode.OK);
        return server;
    }

    public ChatClient Chat(string? model = null, string apiKey = "unused") => OpenAI(apiKey).GetChatClient(model ?? Model);

    /// <summary>The official client, without its retries, so that a test sees the first answer.</summary>
    public OpenAIClient OpenAI(string apiKey = "unused") => new(
        new ApiKeyCredential(apiKey), new OpenAIClientOptions { Endpoint = new Uri(Address, "/v1"), RetryPolicy = new ClientRetryPolicy(0) });

    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, object body) =>
        await ReadAsync(await Http.PostAsync(path, Json(body)));

    public async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path) => await ReadAsync(await Http.GetAsync(path));

    /// <summary>The <c>data:</c> lines of a streamed answer.</summary>
    public async Task<List<string>> StreamAsync(string path, object body)
    {
        HttpResponseMessage response = await Http.PostAsync(path, Json(body));
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(part => part[0] != ':').Select(part =>
        {
            Assert.StartsWith("data: ", part, StringComparison.Ordinal);
            return part["data: ".Length..];
        })];
    }

    public async Task<(int Running, int Waiting)> LoadAsync()
    {
        JsonElement load = (await GetAsync("/health")).Body.GetProperty("models")[0].GetProperty("load");
        return (load.GetProperty("running").GetInt32(), load.GetProperty("waiting").GetInt32());
    }

    public async Task WaitUntilAsync(string what, Func<Task<bool>> happened)
    {
        for (int tries = 0; tries < 600; tries++)
        {
            if (await happened()) return;
            await Task.Delay(25);
        }

        Assert.Fail($"in 15 s it did not come about that {what}");
    }

    public static StringContent Json(object body) => new(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    public static async Task<(HttpStatusCode Status, JsonElement Body)> ReadAsync(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.Content.Headers.ContentType?.MediaType == "application/json", $"{response.StatusCode}: {text}");
        return (response.StatusCode, JsonDocument.Parse(text).RootElement);
    }

    /// <summary>Tells it to stop and waits until it has.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
