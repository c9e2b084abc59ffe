using Juxta.Workbench.Chat;
using Juxta.Workbench.Compare;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Hub;
using Juxta.Workbench.Models;
using Juxta.Workbench.People;
using Juxta.Workbench.Runs;
using Juxta.Workbench.Storage;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Juxta.Workbench;

/// <summary>
/// The application: what a person can do with models, whoever shows it (pages, HTTP API, terminal). One instance per data folder.
/// </summary>
public sealed class JuxtaWorkbench : IAsyncDisposable
{
    readonly DataFolder _folder;
    readonly Store _store;
    readonly TimeProvider _time;

    JuxtaWorkbench(WorkbenchOptions options, DataFolder folder, Store store, ModelShelf models, TimeProvider time, ILoggerFactory logs)
    {
        Options = options;
        _folder = folder;
        _store = store;
        _time = time;
        Models = models;
        Generations = new Generations(models, store, time, logs.CreateLogger<Generations>());
        Conversations = new Conversations(models, Generations, store, time);
        Comparisons = new Comparisons(models, Generations, store, time);
        Presets = new Presets(store);
        People = new PeopleRegister(store, time);
        PasswordResets = new PasswordResets(store, time);
        Votes = new VoteLog(store, time);
        Studies = new StudyShelf(store, Votes, time);
        Results = new StudyResults(Studies, Votes, People);
        Adjudications = new Adjudications(store, People, time);
        LiveRounds = new LiveRounds(Comparisons, Generations, Votes, store, time);
        Downloads = new HubDownloads(options, models, models.Folders.Roots[0]);
        Runs = new RunLibrary(Path.Combine(folder.FullPath, "runs"), Results);
        Evaluations = new Evaluations(models, Runs.Folder, [.. options.SetFolders, Path.Combine(folder.FullPath, "evalsets")], time);
        StudyRuns = new RunShelf(Runs);
        VoteExports = new VoteExports(Studies, Results, Evaluations);
        VoteImports = new VoteImports(store, time);
    }

    public WorkbenchOptions Options { get; }

    public ModelShelf Models { get; }

    public Generations Generations { get; }

    public Conversations Conversations { get; }

    public Comparisons Comparisons { get; }

    public Presets Presets { get; }

    public PeopleRegister People { get; }

    public PasswordResets PasswordResets { get; }

    public StudyShelf Studies { get; }

    public VoteLog Votes { get; }

    public StudyResults Results { get; }

    public VoteExports VoteExports { get; }

    public VoteImports VoteImports { get; }

    public Adjudications Adjudications { get; }

    public LiveRounds LiveRounds { get; }

    public HubDownloads Downloads { get; }

    public RunLibrary Runs { get; }

    public Evaluations Evaluations { get; }

    /// <summary>Finished runs, as studies are made from them.</summary>
    public RunShelf StudyRuns { get; }

    /// <summary>
    /// A model, or a model with an adapter, as the standard chat client (<see cref="ModelShelf.Resolve"/> says which names there are). The model is
    /// opened with the first message. Answers are stored, and cancelled when the caller stops reading.
    /// </summary>
    /// <exception cref="NotFoundException">Nothing is called that.</exception>
    public IChatClient ChatClient(string name)
    {
        Models.Resolve(name);
        return new WorkbenchChatClient(Models, Generations, _time, name);
    }

    /// <summary>Where the database lies.</summary>
    public string DataFolder => _folder.FullPath;

    /// <summary>Takes the data folder, brings its database up to date, ends what an earlier process left running, and lists the models.</summary>
    /// <exception cref="WorkbenchException">The data folder cannot be used or another process has it; a model folder does not exist.</exception>
    public static JuxtaWorkbench Open(WorkbenchOptions options, TimeProvider? time = null, ILoggerFactory? logs = null)
    {
        ModelFolders.Require(options);
        DataFolder folder = options.Ephemeral
            ? Storage.DataFolder.TakeTemporary()
            : Storage.DataFolder.Take(options.DataFolder ?? WorkbenchOptions.DefaultDataFolder);
        Store? store = null;
        try
        {
            AliasRow[] aliases = [];
            store = Store.Open(folder.Database, firstWrite: db =>
            {
                GenerationArchive.EndAbandoned(db);
                aliases = [.. db.Aliases.AsNoTracking()];
            });
            var models = new ModelShelf(options, Path.Combine(folder.FullPath, "models"), new Aliases(store, aliases), new RemoteShelf(folder.FullPath));
            if (options.OpenAtStart) models.BeginOpening();
            return new JuxtaWorkbench(options, folder, store, models, time ?? TimeProvider.System, logs ?? NullLoggerFactory.Instance);
        }
        catch
        {
            store?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Ends running generations, waits until they are saved, closes the models and lets go of the data folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await Downloads.CloseAsync();
        await Evaluations.CloseAsync();
        await Comparisons.CloseAsync();
        await Generations.CloseAsync();
        await Models.CloseAsync();
        _store.Dispose();
        _folder.Dispose();
    }
}
