using Juxta.Engine;
using Juxta.Server;
using Juxta.Tests;
using Juxta.Workbench;
using Juxta.Workbench.Hub;
using Microsoft.AspNetCore.Builder;

namespace Juxta.BrowserTests;

/// <summary>The real server on a real port, on a data folder that outlives restarts, with three models: stories260k as it is,
/// <see cref="LongStories"/>, and <see cref="TinyModel"/>, which has a chat template.</summary>
sealed class Site : IAsyncDisposable
{
    public const string Model = "stories260k";
    public const string LongModel = LongStories.Name;
    public const string TemplateModel = "tiny";

    readonly string _folder = Directory.CreateTempSubdirectory("juxta-browser-").FullName;
    readonly string _checkpoint = Fixtures.Require("models", Model);
    readonly string _longCheckpoint;
    readonly string _templateCheckpoint;
    WebApplication _app;

    readonly HubOptions _hub;
    readonly bool _shared;
    readonly Func<WorkbenchOptions, WorkbenchOptions> _with;

    Site(HubOptions? hub, int longContext, bool shared, Func<WorkbenchOptions, WorkbenchOptions>? with)
    {
        (_shared, _with) = (shared, with ?? (options => options));
        // Nobody answers there: a test that asks the Hub brings its own.
        _hub = hub ?? new HubOptions { Endpoint = new Uri("http://127.0.0.1:9"), Delays = [] };
        _longCheckpoint = LongStories.In(_folder, longContext);
        TinyModel.Write(_templateCheckpoint = Path.Combine(_folder, TemplateModel));
        _app = Build("http://127.0.0.1:0");
    }

    /// <summary>Where conversations and downloads lie.</summary>
    public string DataFolder => Path.Combine(_folder, "data");

    public IServiceProvider Services => _app.Services;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Skips the test where the fixture is absent.</summary>
    /// <param name="hub">Another Hub.</param>
    /// <param name="longContext">Tokens that <see cref="LongModel"/> holds.</param>
    /// <param name="shared">People sign in.</param>
    /// <param name="with">What the workbench is to do otherwise.</param>
    public static async Task<Site> StartAsync(HubOptions? hub = null, int longContext = 32_768, bool shared = false, Func<WorkbenchOptions, WorkbenchOptions>? with = null)
    {
        var site = new Site(hub, longContext, shared, with);
        await site._app.StartAsync();
        return site;
    }

    /// <summary>Ends the server and starts another one at the same address.</summary>
    public async Task RestartAsync()
    {
        string address = Address.ToString();
        await StopAsync();
        _app = Build(address);
        await _app.StartAsync();
    }

    WebApplication Build(string url) => JuxtaServer.Build(new ServerOptions
    {
        Workbench = _with(new WorkbenchOptions { Models = [_checkpoint, _longCheckpoint, _templateCheckpoint], DataFolder = Path.Combine(_folder, "data"), Hub = _hub, Engine = new EngineOptions { Threads = 1 } }),
        Urls = [url],
        ApiKey = null,
        Shared = _shared,
        Output = TextWriter.Null,
        Error = TextWriter.Null,
        ShutdownTimeout = TimeSpan.FromSeconds(1),
    });

    async Task StopAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
