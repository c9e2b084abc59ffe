using Juxta.Web.Chat;
using Juxta.Web.People;
using Juxta.Workbench;
using Juxta.Workbench.Models;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;

namespace Juxta.Web.Studies;

/// <summary>What the Studies page shows to leads: the studies, one of them with its progress and quality, and what a new one can be made from.</summary>
public sealed class StudiesSession : IDisposable
{
    readonly StudyShelf _studies;
    readonly StudyResults _results;
    readonly VoteLog _votes;
    readonly RunShelf _runs;
    readonly ModelShelf _shelf;
    readonly Visitor _visitor;
    readonly SemaphoreSlim _gate = new(1);

    public StudiesSession(StudyShelf studies, StudyResults results, VoteLog votes, RunShelf runs, ModelShelf shelf, Visitor visitor)
    {
        (_studies, _results, _votes, _runs, _shelf, _visitor) = (studies, results, votes, runs, shelf, visitor);
        _votes.Changed += OnVote;
    }

    /// <summary>Something changed. Raised on any thread.</summary>
    public event Action? Changed;

    public IReadOnlyList<Study> Studies { get; private set; } = [];

    /// <summary>The one on show.</summary>
    public Study? Current { get; private set; }

    public StudyProgress? Progress { get; private set; }

    public StudyQuality? Quality { get; private set; }

    public IReadOnlyList<StudyRun> Runs { get; private set; } = [];

    /// <summary>What can answer in a live study: every model, those of other servers too, and every adapter over its model.</summary>
    public IReadOnlyList<(string Name, ModelChoice Choice)> Contestants { get; private set; } = [];

    public Notice? Notice { get; private set; }

    public Task OpenAsync(Guid? study) => ChangeAsync(async person =>
    {
        Current = null;
        await ReadAsync(person, study);
        Runs = await Task.Run(_runs.List);
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
    public async Task<Guid?> CreateAsync(string title, StudyPlan plan, IReadOnlyList<string> chosen)
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
            (IReadOnlyList<string> models, IReadOnlyList<StudyItem> items) = await Task.Run(() => _runs.Read(chosen, checks: plan.GoldEvery > 0));
            made = await _studies.CreateAsync(title, plan with { Models = models }, items);
        });
        return made;
    }

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
        IReadOnlyList<JudgedVote> votes = await _results.VotesAsync(id);
        Quality = await Task.Run(() => StudyQuality.Of(votes));
    }

    async void OnVote(Guid study)
    {
        if (Current?.Id == study) await ChangeAsync(person => ReadAsync(person, study));
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
