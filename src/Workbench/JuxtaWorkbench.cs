using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juxta.Workbench;

/// <summary>
/// The application: what a person can do with models, whoever shows it (pages, HTTP API, terminal). One instance per data folder.
/// </summary>
public sealed class JuxtaWorkbench : IAsyncDisposable
{
    /// <summary>Takes the data folder, brings its database up to date, ends what an earlier process left running, and lists the models.</summary>
    /// <exception cref="WorkbenchException">The data folder cannot be used or another process has it; a model folder does not exist.</exception>
    public static JuxtaWorkbench Open(WorkbenchOptions options, TimeProvider? time = null, ILoggerFactory? logs = null) => throw new NotImplementedException();

    public ModelShelf Models => throw new NotImplementedException();

    public Generations Generations => throw new NotImplementedException();

    public Conversations Conversations => throw new NotImplementedException();

    /// <summary>Ends running generations, waits until they are saved, closes the models and lets go of the data folder.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>The workbench in a host.</summary>
public static class WorkbenchHosting
{
    /// <summary>
    /// Adds <see cref="JuxtaWorkbench"/>, <see cref="ModelShelf"/>, <see cref="Generations"/> and <see cref="Conversations"/>
    /// as singletons. The host opens the workbench when it starts and disposes it when it stops.
    /// </summary>
    public static IServiceCollection AddWorkbench(this IServiceCollection services, WorkbenchOptions options) => throw new NotImplementedException();
}
