using Juxta.Engine;
using Juxta.Workbench.People;
using Juxta.Workbench.Storage;
using Juxta.Workbench.Votes;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Studies;

/// <summary>A study as its lead sees it: a snapshot.</summary>
/// <param name="Items">How many there are, attention checks not counted.</param>
/// <param name="Members">Annotators it is assigned to.</param>
/// <param name="Ended">When its lead ended it; null while it takes votes.</param>
public sealed record Study(Guid Id, string Title, DateTimeOffset Created, StudyPlan Plan, int Items, IReadOnlyList<Guid> Members, DateTimeOffset? Ended);

/// <summary>A study as an annotator sees it: without models.</summary>
public sealed record StudyInvitation(Guid Id, string Title, StudyKind Kind, bool Ended);

/// <summary>What of a plan shows on the page where its pairs are judged.</summary>
public sealed record StudyForm(string Title, StudyKind Kind, IReadOnlyList<string> Criteria, ReasonRule Reason, bool Strength, bool Reveal);

/// <summary>The studies there are: made, assigned and ended here; judged through <see cref="VoteLog"/>.</summary>
public sealed class StudyShelf
{
    readonly Store _store;
    readonly VoteLog _votes;
    readonly TimeProvider _time;

    internal StudyShelf(Store store, VoteLog votes, TimeProvider time) => (_store, _votes, _time) = (store, votes, time);

    /// <summary>A study was made, assigned or ended. Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>Makes a study.</summary>
    /// <param name="title">For annotators too: it should not name the models.</param>
    /// <param name="plan">See <see cref="StudyPlan"/>.</param>
    /// <param name="items">What is judged; of a live study none.</param>
    /// <exception cref="RequestException">The plan cannot be, or nothing can be compared.</exception>
    public async Task<Guid> CreateAsync(string title, StudyPlan plan, IReadOnlyList<StudyItem> items)
    {
        if (string.IsNullOrWhiteSpace(title)) throw new RequestException("a study needs a title", "title");
        plan.Check();
        DrawableItem[] drawable = [.. items.Select((item, number) => new DrawableItem(number, [.. item.Answers.Index().Where(answer => answer.Item is not null).Select(answer => answer.Index)], item.Gold))];
        if (plan.Kind is StudyKind.Runs && !drawable.Any(item => !item.Gold && item.Answered.Count >= 2))
            throw new RequestException("there is nothing to compare: no sample has answers of two of the models", "runs");
        DateTimeOffset now = _time.GetUtcNow();
        Guid id = Guid.CreateVersion7(now);
        await _store.WriteAsync(db =>
        {
            db.Studies.Add(new StudyRow { Id = id, Created = now, Title = title.Trim(), Plan = plan });
            db.StudyItems.AddRange(drawable.Zip(items, (item, value) => new StudyItemRow
            {
                StudyId = id, Number = item.Number, Answered = StoredJson.Write(item.Answered), Gold = item.Gold, Value = value,
            }));
            return Task.CompletedTask;
        });
        Changed?.Invoke();
        return id;
    }

    /// <summary>All studies, the newest first.</summary>
    public Task<IReadOnlyList<Study>> ListAsync() => _store.ReadAsync<IReadOnlyList<Study>>(async db =>
    {
        List<StudyRow> rows = await db.Studies.OrderByDescending(row => row.Created).ToListAsync();
        var items = await db.StudyItems.Where(row => !row.Gold).GroupBy(row => row.StudyId).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count);
        ILookup<Guid, Guid> members = (await db.StudyMembers.ToListAsync()).ToLookup(row => row.StudyId, row => row.PersonId);
        return [.. rows.Select(row => new Study(row.Id, row.Title, row.Created, row.Plan, items.GetValueOrDefault(row.Id), [.. members[row.Id]], row.Ended))];
    });

    /// <summary>Those that a person may judge, the newest first.</summary>
    public Task<IReadOnlyList<StudyInvitation>> ListAsync(Person person) => _store.ReadAsync<IReadOnlyList<StudyInvitation>>(async db =>
        [.. (await db.Studies.Where(row => person.Leads || db.StudyMembers.Any(member => member.StudyId == row.Id && member.PersonId == person.Id))
            .OrderByDescending(row => row.Created).ToListAsync()).Select(row => new StudyInvitation(row.Id, row.Title, row.Plan.Kind, row.Ended is not null))]);

    /// <exception cref="NotFoundException">There is no such study for this person.</exception>
    public Task<StudyForm> FormAsync(Person person, Guid study) => _store.ReadAsync(async db =>
    {
        StudyRow row = await StudyReading.StudyAsync(db, study, person);
        return new StudyForm(row.Title, row.Plan.Kind, row.Plan.Criteria, row.Plan.Reason, row.Plan.Strength, row.Plan.Reveal);
    });

    /// <summary>The items of a study by number.</summary>
    public Task<IReadOnlyDictionary<int, StudyItem>> ItemsAsync(Guid study) => _store.ReadAsync<IReadOnlyDictionary<int, StudyItem>>(
        async db => await db.StudyItems.Where(row => row.StudyId == study).ToDictionaryAsync(row => row.Number, row => row.Value));

    /// <summary>Assigns an annotator.</summary>
    public async Task AssignAsync(Guid study, Guid person)
    {
        await _store.WriteAsync(async db =>
        {
            if (!await db.Studies.AnyAsync(row => row.Id == study)) throw new NotFoundException("there is no such study");
            if (!await db.StudyMembers.AnyAsync(row => row.StudyId == study && row.PersonId == person)) db.StudyMembers.Add(new StudyMemberRow { StudyId = study, PersonId = person });
        });
        Changed?.Invoke();
    }

    /// <summary>Takes no more votes.</summary>
    /// <exception cref="NotFoundException">There is none with that id.</exception>
    public async Task EndAsync(Guid study)
    {
        await _store.WriteAsync(async db =>
        {
            StudyRow row = await db.Studies.SingleOrDefaultAsync(row => row.Id == study) ?? throw new NotFoundException("there is no such study");
            row.Ended ??= _time.GetUtcNow();
        });
        Changed?.Invoke();
        _votes.Announce(study);
    }
}
