using System.Net.Sockets;
using Juxta.Engine;
using Juxta.Server.Completions;
using Juxta.Server.Health;
using Juxta.Server.Hosting;
using Juxta.Server.People;
using Juxta.Server.Wire;
using Juxta.Web;
using Juxta.Workbench;
using Juxta.Workbench.Hub;
using Juxta.Workbench.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Juxta.Server;

/// <summary>The HTTP server: OpenAI's API over the workbench's models, and the pages.</summary>
public static class JuxtaServer
{
    /// <summary>Serves until it is told to stop (SIGINT, SIGTERM or <paramref name="cancel"/>).</summary>
    /// <returns>0 after an orderly end; 2, with one line on <see cref="ServerOptions.Error"/>, when it cannot start as it was told to.</returns>
    public static async Task<int> RunAsync(ServerOptions options, CancellationToken cancel = default)
    {
        try
        {
            await using WebApplication app = Build(options);
            await app.StartAsync(cancel);
            await options.Output.WriteLineAsync($"Juxta listens on {string.Join(", ", app.Urls)}");
            if (app.Urls.Any(ListenAddress.IsBeyond)) await options.Output.WriteLineAsync("Others can reach it over plain HTTP: put a proxy with TLS before it, or passwords and answers can be read on the way");
            if (options.Shared) await FirstAdministrator.TellAsync(app, options);
            await WantedModels.BeginAsync(app.Services.GetRequiredService<HubDownloads>(), options, app.Lifetime.ApplicationStopping);
            bool ready = await OpenModelsAsync(app, options);
            if (ready) await app.WaitForShutdownAsync(cancel);
            await app.StopAsync(CancellationToken.None);
            return ready ? 0 : 2;
        }
        catch (OperationCanceledException)
        {
            // Told to stop before it was ready.
            return 0;
        }
        catch (Exception error) when (Reason(error) is string reason)
        {
            await options.Error.WriteLineAsync($"juxta serve: {reason}");
            return 2;
        }
    }

    /// <summary>The server, ready to be started.</summary>
    /// <exception cref="Exception">The options contradict each other; <see cref="RunAsync"/> says so in one line.</exception>
    public static WebApplication Build(ServerOptions options)
    {
        // One value may hold several addresses, as ASP.NET's own --urls does.
        string[] urls = [.. options.Urls.SelectMany(url => url.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        ListenAddress.Check(urls, options.ApiKey, options.Shared);
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });

        // A stray appsettings.json or environment variable must not open another address or another host name.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(format => format.SingleLine = true);
        // A failed start is told in one line, by RunAsync.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        });
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<RequestCounters>();
        builder.Services.AddSingleton<AnswerStreams>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddWorkbench(options.Workbench);
        builder.Services.AddWeb(options.Shared);
        if (options.Shared)
        {
            SignIn.Add(builder.Services);
            PeopleEndpoints.AddLimits(builder.Services);
        }
        PageKeys.Keep(builder, options.Workbench);

        WebApplication app = builder.Build();
        foreach (string url in urls) app.Urls.Add(url);
        app.UseMiddleware<SameOrigin>();
        if (options.Shared) app.UseAuthentication();
        app.UseMiddleware<ApiKeyGate>();
        if (options.Shared)
        {
            app.UseMiddleware<PeopleGate>();
            app.UseRateLimiter();
            PeopleEndpoints.Map(app);
        }
        app.UseWhen(http => ApiRoutes.Own(http.Request.Path), api => api.UseMiddleware<CountRequests>().UseMiddleware<ErrorResponses>());
        ApiRoutes.Map(app);
        app.MapWeb();
        return app;
    }

    /// <summary>Waits for the models that were asked for by name; the first that cannot be opened ends the server.</summary>
    static async Task<bool> OpenModelsAsync(WebApplication app, ServerOptions options)
    {
        CancellationToken stopping = app.Lifetime.ApplicationStopping;
        ModelShelf shelf = app.Services.GetRequiredService<ModelShelf>();
        foreach (ModelEntry model in shelf.Models.Where(model => model.Status is LoadStatus.Loading or LoadStatus.Failed))
        {
            try
            {
                await shelf.OpenAsync(model.Id, stopping);
            }
            catch (Exception error) when (error is ModelFormatException or BackendException)
            {
                await options.Error.WriteLineAsync($"juxta serve: {error.Message}");
                return false;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return true;
            }
        }

        string models = string.Join(", ", shelf.Models.Select(model => model.Id));
        await options.Output.WriteLineAsync($"Juxta is ready: {app.Urls.First()}  ({(models.Length == 0 ? "no models: offer some with --model DIR or --models DIR, or download one on the Models page" : models)})");
        return true;
    }

    /// <summary>The one line that explains a failed start, or null for a fault of our own.</summary>
    static string? Reason(Exception error) => error switch
    {
        StartException or WorkbenchException or ModelFormatException => error.Message,
        IOException { InnerException: AddressInUseException } => $"{error.Message.TrimEnd('.')}; is another server running? Choose another port with --urls",
        IOException { InnerException: SocketException } or SocketException => error.Message,
        _ => null,
    };
}
