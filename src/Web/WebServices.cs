using Juxta.Web.Assets;
using Juxta.Web.Chat;
using Juxta.Web.Chat.Search;
using Juxta.Web.Chat.Transfer;
using Juxta.Web.Models;
using Juxta.Web.Compare;
using Juxta.Web.Leaderboard;
using Juxta.Web.People;
using Juxta.Web.Rate;
using Juxta.Web.Runs;
using Juxta.Web.Studies;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Juxta.Web;

/// <summary>How a host serves the pages.</summary>
public static class WebServices
{
    /// <summary>Bytes of one event from a page: a message of ten million characters. A larger one would end the page's connection.</summary>
    const long LongestEvent = 64 << 20;

    /// <summary>Adds what the pages need; the host itself adds the Workbench.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="shared">People sign in; else everybody who reaches the pages is this machine's own user.</param>
    public static IServiceCollection AddWeb(this IServiceCollection services, bool shared = false)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<TypedAhead>();
        services.AddScoped<ChatSession>();
        services.AddScoped<ConversationFinder>();
        services.AddScoped<ConversationExport>();
        services.AddScoped<ConversationImport>();
        services.AddScoped<ModelsSession>();
        services.AddScoped<CompareSession>();
        services.AddSingleton(new Sharing(shared));
        services.AddScoped<Visitor>();
        services.AddScoped<RateSession>();
        services.AddScoped<RunsSession>();
        services.AddScoped<RunSession>();
        services.AddScoped<RunComparisonSession>();
        services.AddScoped<RunReportSession>();
        services.AddScoped<StudiesSession>();
        services.AddScoped<LeaderboardSession>();
        services.AddScoped<PeopleSession>();
        services.AddRazorComponents().AddInteractiveServerComponents()
            .AddHubOptions(connection => connection.MaximumReceiveMessageSize = LongestEvent);
        return services;
    }

    /// <summary>Maps the pages, their live connection and their files, all below <c>/</c>.</summary>
    public static WebApplication MapWeb(this WebApplication app)
    {
        app.UseMiddleware<ContentSecurity>();
        app.UseMiddleware<NoSuchPage>();
        app.UseAntiforgery();
        app.MapWebAssets();
        app.MapExports();
        app.MapVoteDownloads();
        app.MapReports();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        return app;
    }
}
