using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Juxta.Server;
using Juxta.Workbench;
using Juxta.Tests;
using Microsoft.AspNetCore.Builder;

namespace Juxta.ServerTests;

/// <summary>Where the server listens, to whom it speaks, how it starts and ends.</summary>
public sealed class HostTests(SharedServers servers)
{
    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    [InlineData("http://192.168.0.7:0")]
    [InlineData("http://example.org:0")]
    [InlineData("http://127.0.0.1:0;http://0.0.0.0:0")]
    public async Task Beyond_this_machine_it_wants_an_API_key(string url)
    {
        (int exit, string output, string error) = await RunAsync(options => options with { Urls = [url] });
        Assert.Equal(2, exit);
        Assert.Equal("", output);
        Assert.Contains("JUXTA_API_KEY", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "secret")]
    public async Task People_or_a_key_open_it_and_it_says_that_the_line_is_plain(bool shared, string? key)
    {
        using var stop = new CancellationTokenSource();
        string data = Directory.CreateTempSubdirectory("juxta-beyond-").FullName;
        var told = new StringWriter();
        Task<int> running = JuxtaServer.RunAsync(
            new ServerOptions { Urls = ["http://0.0.0.0:0"], ApiKey = key, Shared = shared, Output = TextWriter.Synchronized(told), Error = TextWriter.Null, Workbench = new WorkbenchOptions { DataFolder = data } }, stop.Token);
        for (int tries = 0; !told.ToString().Contains("is ready", StringComparison.Ordinal); tries++)
        {
            Assert.True(tries < 3000 && !running.IsCompleted, told.ToString());
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        await stop.CancelAsync();
        Assert.Equal(0, await running);
        Assert.Contains("put a proxy with TLS before it", told.ToString(), StringComparison.Ordinal);
        if (shared) Assert.Matches("Open http://127\\.0\\.0\\.1:\\d+/join/", told.ToString());
        Directory.Delete(data, recursive: true);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("ftp://127.0.0.1:1")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:5080/below")]
    [InlineData("https://127.0.0.1:5443")]
    public async Task An_address_that_is_none_is_one_clear_line(string url)
    {
        (int exit, _, string error) = await RunAsync(options => options with { Urls = [url] });
        Assert.Equal(2, exit);
        Assert.Contains(url, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_model_of_the_hub_that_is_not_here_is_downloaded_and_the_size_told_or_refused()
    {
        await using StandInHub hub = (await StandInHub.StartAsync()).WithModel(300_000);
        string data = Directory.CreateTempSubdirectory("juxta-wanted-").FullName;
        WorkbenchOptions Wanting(string model, bool offline = false) => new()
        {
            Models = [model], DataFolder = data, Hub = new Workbench.Hub.HubOptions { Endpoint = hub.Address, Offline = offline, Delays = [] },
        };
        (int exit, _, string error) = await RunAsync(options => options with { Workbench = Wanting(StandInHub.Repository, offline: true) });
        Assert.Equal(2, exit);
        Assert.Contains("juxta pull acme/tiny", error, StringComparison.Ordinal);
        Assert.Empty(hub.Requests);
        (exit, _, error) = await RunAsync(options => options with { Workbench = Wanting("acme/none") });
        Assert.Equal(2, exit);
        Assert.Contains("there is no model acme/none", error, StringComparison.Ordinal);

        using var told = new StringWriter();
        using var stop = new CancellationTokenSource();
        Task<int> running = JuxtaServer.RunAsync(
            new ServerOptions { Urls = ["http://127.0.0.1:0"], ApiKey = null, Output = TextWriter.Synchronized(told), Error = TextWriter.Null, Workbench = Wanting(StandInHub.Repository) }, stop.Token);
        for (int tries = 0; !told.ToString().Contains("complete and offered", StringComparison.Ordinal); tries++)
        {
            Assert.True(tries < 3000 && !running.IsCompleted, told.ToString());
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        await stop.CancelAsync();
        Assert.Equal(0, await running);
        Assert.Contains("Downloading acme/tiny: 3 files, 300.0 kB", told.ToString(), StringComparison.Ordinal);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task A_second_server_on_the_same_port_is_one_clear_line()
    {
        TestServer server = await servers.GetAsync();
        (int exit, _, string error) = await RunAsync(options => options with { Urls = [server.Address.ToString().TrimEnd('/')] });
        Assert.Equal(2, exit);
        Assert.Contains($"{server.Address.Port}", error, StringComparison.Ordinal);
        Assert.Contains("in use", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_model_folder_that_cannot_be_used_is_one_clear_line()
    {
        (int exit, _, string error) = await RunAsync(options => options with { Workbench = options.Workbench with { Models = ["/nowhere/at/all"] } });
        Assert.Equal(2, exit);
        Assert.Contains("/nowhere/at/all", error, StringComparison.Ordinal);

        string broken = Directory.CreateTempSubdirectory("juxta-broken-").FullName;
        TinyModel.Write(broken);
        File.WriteAllBytes(Path.Combine(broken, "model.safetensors"), [1, 2, 3]);
        (exit, _, error) = await RunAsync(options => options with { Workbench = options.Workbench with { Models = [broken] } });
        Directory.Delete(broken, recursive: true);
        Assert.Equal(2, exit);
        Assert.Contains("model.safetensors", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task It_prints_its_address_when_ready_and_ends_in_order()
    {
        using var stop = new CancellationTokenSource();
        var output = new StringWriter();
        string folder = Directory.CreateTempSubdirectory("juxta-server-").FullName;
        TinyModel.Write(Path.Combine(folder, "tiny"));
        Task<int> run = JuxtaServer.RunAsync(Options(folder) with { Output = TextWriter.Synchronized(output), Workbench = new WorkbenchOptions { Models = [Path.Combine(folder, "tiny")], DataFolder = Path.Combine(folder, "data") } }, stop.Token);
        for (int tries = 0; tries < 600 && !run.IsCompleted && !output.ToString().Contains("ready", StringComparison.Ordinal); tries++) await Task.Delay(25);
        Assert.Matches(@"ready: http://127\.0\.0\.1:\d+", output.ToString());
        await stop.CancelAsync();
        Assert.Equal(0, await run);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task With_a_key_every_request_must_show_it()
    {
        await using TestServer server = await TestServer.StartAsync("tiny", options => options with { ApiKey = "sésame", Urls = ["http://127.0.0.1:0"] });
        (HttpStatusCode status, JsonElement body) = await server.GetAsync("/v1/models");
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("invalid_api_key", body.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/v1/models", "Bearer", "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/v1/models", "Basic", "%%%"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/metrics", null, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/", null, null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/v1/models", "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("anybody:sésame"))));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/health", null, null));

        await using TestServer plain = await TestServer.StartAsync("tiny", options => options with { ApiKey = "sesame" });
        Assert.NotNull((await plain.Chat(apiKey: "sesame").CompleteChatAsync([new OpenAI.Chat.UserChatMessage("hello")], OpenAiClientTests.Greedy(1))).Value);

        async Task<HttpStatusCode> StatusAsync(string path, string? scheme, string? value)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (scheme is not null) request.Headers.Authorization = new AuthenticationHeaderValue(scheme, value);
            return (await server.Http.SendAsync(request)).StatusCode;
        }
    }

    [Theory]
    [InlineData("evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("localhost", null, HttpStatusCode.OK)]
    [InlineData("[::1]", null, HttpStatusCode.OK)]
    [InlineData("localhost", "http://localhost", HttpStatusCode.OK)]
    [InlineData("localhost", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost", "null", HttpStatusCode.Forbidden)]
    [InlineData("localhost", "http://localhost:8081", HttpStatusCode.Forbidden)]
    public async Task Other_websites_are_kept_out(string host, string? origin, HttpStatusCode expected)
    {
        TestServer server = await servers.GetAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Host = host;
        if (origin is not null) request.Headers.Add("Origin", origin);
        Assert.Equal(expected, (await server.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Other_names_of_the_server_can_be_allowed()
    {
        await using TestServer server = await TestServer.StartAsync("tiny", options => options with { AllowedHosts = ["juxta.lan"] });
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Host = "juxta.lan:5080";
        Assert.Equal(HttpStatusCode.OK, (await server.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Health_shows_the_machine_the_models_and_the_load()
    {
        TestServer server = await servers.GetAsync();
        (HttpStatusCode status, JsonElement body) = await server.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("ok", body.GetProperty("status").GetString());
        Assert.Contains(body.GetProperty("simd_bits").GetInt32(), new[] { 32, 256, 512 });
        Assert.Equal(1, body.GetProperty("threads").GetInt32());
        JsonElement model = body.GetProperty("models")[0];
        Assert.Equal("ready", model.GetProperty("status").GetString());
        Assert.True(model.GetProperty("load").GetProperty("cache_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task Health_is_503_when_a_model_named_at_start_cannot_be_used()
    {
        string folder = Directory.CreateTempSubdirectory("juxta-server-").FullName;
        string broken = Path.Combine(folder, "broken");
        TinyModel.Write(broken);
        File.WriteAllText(Path.Combine(broken, "config.json"), """{"architectures":["NobodyForCausalLM"],"model_type":"nobody"}""");
        await using (WebApplication app = JuxtaServer.Build(Options(folder) with { Workbench = new WorkbenchOptions { Models = [broken], DataFolder = Path.Combine(folder, "data") } }))
        {
            await app.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
            (HttpStatusCode status, JsonElement body) = await TestServer.ReadAsync(await http.GetAsync("/health"));
            for (int tries = 0; tries < 600 && body.GetProperty("status").GetString() == "loading"; tries++)
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
                await Task.Delay(25);
                (status, body) = await TestServer.ReadAsync(await http.GetAsync("/health"));
            }

            Assert.Equal("failed", body.GetProperty("status").GetString());
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("NobodyForCausalLM", body.GetProperty("models")[0].GetProperty("error").GetString(), StringComparison.Ordinal);
            await app.StopAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    static ServerOptions Options(string folder) => new()
    {
        Workbench = new WorkbenchOptions { DataFolder = Path.Combine(folder, "data") }, Urls = ["http://127.0.0.1:0"], ApiKey = null,
    };

    /// <summary>Runs a server that cannot start.</summary>
    static async Task<(int Exit, string Output, string Error)> RunAsync(Func<ServerOptions, ServerOptions> configure)
    {
        string folder = Directory.CreateTempSubdirectory("juxta-server-").FullName;
        var output = new StringWriter();
        var error = new StringWriter();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        int exit = await JuxtaServer.RunAsync(configure(Options(folder) with { Output = output, Error = error }), limit.Token);
        Directory.Delete(folder, recursive: true);
        return (exit, output.ToString(), error.ToString());
    }
}
