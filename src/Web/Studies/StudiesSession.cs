using Juxta.Eval.Preferences;
using Juxta.Web.Chat;
using Juxta.Web.People;
using Juxta.Workbench;
using Juxta.Workbench.Models;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;

namespace Juxta.Web.Studies;

/// <summary>A file that somebody chose, read.</summary>
public sealed record NamedFile(string Name, byte[] Content);

/// <summary>What the Studies page shows to leads: the studies, one of them with its progress and quality, and what a new one can be made from.</summary>
public sealed class StudiesSession : IDisposable
{
    readonly StudyShelf _studies;
    readonly StudyResults _results;
    readonly VoteLog _votes;
    readonly VoteExports _exports;
    readonly VoteImports _imports;
    readonly PeopleRegister _people;
    readonly RunShelf _runs;
    readonly ModelShelf _shelf;
    readonly Visitor _visitor;
    readonly SemaphoreSlim _gate = new(1);
    int _waiting;

    public StudiesSession(StudyShelf studies, StudyResults results, VoteLog votes, VoteExports exports, VoteImports imports, PeopleRegister people, RunShelf runs, ModelShelf shelf, Visitor visitor)
    {
        (_studies, _results, _votes, _exports, _imports, _people, _runs, _shelf, _visitor) = (studies, results, votes, exports, imports, people, runs, shelf, visitor);
        _votes.Changed += OnVote;
    }

    /// <summary>Something changed. Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>People sign in here; else everybody is one annotator.</summary>
    public bool Shared => _visitor.Shared;

    public IReadOnlyList<Study> Studies { get; private set; } = [];

    /// <summary>The one on show.</summary>
    public Study? Current { get; private set; }

    public StudyProgress? Progress { get; private set; }

    public StudyQuality? Quality { get; private set; }

    /// <summary>Agreement and what follows from it are being worked out, and none is known from before.</summary>
    public bool Measuring => Current is not null && Quality is null && Notice is null;

    /// <summary>Annotators that it is not assigned to.</summary>
    public IReadOnlyList<Person> Unassigned { get; private set; } = [];

    /// <summary>Names of annotators that it is assigned to and who have not voted.</summary>
    public IReadOnlyList<string> Idle { get; private set; } = [];

    /// <summary>Why its votes should not become training data; null where nothing speaks against it.</summary>
    public string? HeldOut { get; private set; }

    public IReadOnlyList<StudyRun> Runs { get; private set; } = [];

    /// <summary>What can answer in a live study: every model, those of other servers too, and every adapter over its model.</summary>
    public IReadOnlyList<(string Name, ModelChoice Choice)> Contestants { get; private set; } = [];

    public Notice? Notice { get; private set; }

    public Task OpenAsync(Guid? study) => ChangeAsync(async person =>
    {
        (Current, Progress, Quality, HeldOut, Unassigned, Idle) = (null, null, null, null, [], []);
        await ReadAsync(person, study);
        if (study is Guid id) HeldOut = await Task.Run(() => _exports.HeldOutAsync(id));
        Runs = await Task.Run(_runs.ListAsync);
        Contestants =
        [
            .. _shelf.Offered.Where(model => model.Gone is null).SelectMany(model => (IEnumerable<(string, ModelChoice)>)
            [
                (model.Id, new ModelChoice(model.Id, [])),
                .. model.Adapters.Select(adapter => ($"{model.Id} + {adapter.Name}", new ModelChoice(model.Id, [new Engine.Generation.AdapterUse(adapter.Name)]))),
            ]),
        ];
    });

    /// <summary>Makes a study and returns its id; null when it cannot be.</summary>
    /// <param name="title">For annotators too.</param>
    /// <param name="plan">All but its models.</param>
    /// <param name="chosen">Names of runs, or of <see cref="Contestants"/>.</param>
    /// <param name="gold">A votes file whose verdicts are what annotators should say; null = attention checks out of references.</param>
    public async Task<Guid?> CreateAsync(string title, StudyPlan plan, IReadOnlyList<string> chosen, NamedFile? gold = null)
    {
        Guid? made = null;
        await ChangeAsync(async _ =>
        {
            if (plan.Kind is StudyKind.Live)
            {
                (string Name, ModelChoice Choice)[] choices = [.. Contestants.Where(one => chosen.Contains(one.Name))];
                made = await _studies.CreateAsync(title, plan with { Models = [.. choices.Select(one => one.Name)], Choices = [.. choices.Select(one => one.Choice)] }, []);
                return;
            }
            (IReadOnlyList<string> models, IReadOnlyList<StudyItem> items) = await Task.Run(() => _runs.ReadAsync(chosen, checks: plan.GoldEvery > 0 && gold is null));
            if (gold is not null) items = [.. items, .. await Task.Run(() => GoldItems.Of([.. Read(gold).Select(one => one.Vote).OfType<Vote>()]))];
            made = await _studies.CreateAsync(title, plan with { Models = models }, items);
        });
        return made;
    }

    /// <summary>Makes an ended study of a votes file and returns its id; null when it cannot be.</summary>
    public async Task<Guid?> ImportAsync(string title, NamedFile file)
    {
        Guid? made = null;
        await ChangeAsync(async _ => made = await _imports.ImportAsync(title, await Task.Run(() => Read(file))));
        return made;
    }

    static IReadOnlyList<VoteEvent> Read(NamedFile file)
    {
        try
        {
            return VoteFile.Read(file.Name, file.Content);
        }
        catch (VoteException error)
        {
            throw new Engine.RequestException(error.Message, "file");
        }
    }

    public Task AssignAsync(Guid annotator) => ChangeAsync(async person =>
    {
        if (Current is not { } study) return;
        await _studies.AssignAsync(study.Id, annotator);
        await ReadAsync(person, study.Id);
    });

    public Task EndAsync() => ChangeAsync(async person =>
    {
        if (Current is not { } study) return;
        await _studies.EndAsync(study.Id);
        await ReadAsync(person, study.Id);
    });

    public void Dismiss()
    {
        Notice = null;
        Changed?.Invoke();
    }

    async Task ReadAsync(Person person, Guid? study)
    {
        Studies = await _studies.ListAsync();
        if (study is not Guid id) return;
        Current = Studies.FirstOrDefault(one => one.Id == id) ?? throw new NotFoundException("there is no such study");
        Progress = await _votes.ProgressAsync(person, id);
        Changed?.Invoke();
        IReadOnlyList<JudgedVote> votes = await _results.VotesAsync(id);
        Quality = await Task.Run(() => StudyQuality.Of(votes));
        IReadOnlyList<Person> people = await _people.ListAsync();
        Unassigned = [.. people.Where(one => one.Role is Role.Annotator && !Current.Members.Contains(one.Id))];
        Idle = [.. people.Where(one => Current.Members.Contains(one.Id) && votes.All(vote => vote.Entry.Person != one.Id)).Select(one => one.Name)];
    }

    async void OnVote(Guid study)
    {
        // A reading that has not begun yet sees this vote too: many votes at once are one reading.
        if (Current?.Id != study || Interlocked.Exchange(ref _waiting, 1) == 1) return;
        await ChangeAsync(person =>
        {
            Volatile.Write(ref _waiting, 0);
            return ReadAsync(person, study);
        });
    }

    async Task ChangeAsync(Func<Person, Task> change)
    {
        await _gate.WaitAsync();
        try
        {
            Notice = null;
            Person person = await _visitor.WhoAsync();
            if (!person.Leads) throw new WorkbenchException("only leads make studies and see their votes");
            await change(person);
        }
        catch (Exception e)
        {
            Notice = Notices.Of(e);
        }
        finally
        {
            _gate.Release();
        }
        Changed?.Invoke();
    }

    public void Dispose()
    {
        Changed = null;
        _votes.Changed -= OnVote;
    }
}
