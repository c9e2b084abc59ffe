using Juxta.Workbench.Chat;
using Juxta.Workbench.Compare;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Hub;
using Juxta.Workbench.Models;
using Juxta.Workbench.People;
using Juxta.Workbench.Runs;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juxta.Workbench;

/// <summary>The workbench in a host.</summary>
public static class WorkbenchHosting
{
    /// <summary>
    /// Adds <see cref="JuxtaWorkbench"/>, <see cref="ModelShelf"/>, <see cref="Generations"/>, <see cref="Conversations"/>,
    /// <see cref="Comparisons"/>, <see cref="Presets"/>, <see cref="PeopleRegister"/>, <see cref="PasswordResets"/>, <see cref="StudyShelf"/>, <see cref="VoteLog"/>, <see cref="StudyResults"/>, <see cref="RunShelf"/>, <see cref="LiveRounds"/>, <see cref="HubDownloads"/>, <see cref="RunLibrary"/> and <see cref="Evaluations"/> as singletons.
    /// The host opens the workbench when it starts (or fails with its <see cref="WorkbenchException"/>) and closes it when it has stopped.
    /// </summary>
    public static IServiceCollection AddWorkbench(this IServiceCollection services, WorkbenchOptions options) => services
        .AddSingleton(provider => JuxtaWorkbench.Open(options, provider.GetService<TimeProvider>(), provider.GetService<ILoggerFactory>()))
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().Models)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().Generations)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().Conversations)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().Comparisons)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().Presets)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().People)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().PasswordResets)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().Studies)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().Votes)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().Results)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().StudyRuns)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().VoteExports)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().VoteImports)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().Adjudications)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().LiveRounds)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().Downloads)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().Runs)
        .AddSingleton(provider => provider.GetRequiredService<JuxtaWorkbench>().Evaluations)
        .AddHostedService<Opening>();

    /// <summary>Opens the workbench with the host, and ends running answers first when it stops, so that no open stream delays it.</summary>
    sealed class Opening(JuxtaWorkbench workbench, IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStopping.Register(workbench.Generations.CancelAll);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
