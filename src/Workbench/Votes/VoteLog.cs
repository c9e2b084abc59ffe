using Juxta.Engine;
using Juxta.Workbench.People;
using Juxta.Workbench.Storage;
using Juxta.Workbench.Studies;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Votes;

/// <summary>
/// The annotators' side of studies: the next pair, and votes as events that are only ever added (design D10). What a method that votes returns is on disk. An
/// event has an id that its sender chose: sent again, after a lost line or a killed server, it is the same event and not another.
/// </summary>
public sealed class VoteLog
{
    const int StartLength = 120;

    readonly Store _store;
    readonly TimeProvider _time;

    internal VoteLog(Store store, TimeProvider time) => (_store, _time) = (store, time);

    /// <summary>Something of a study changed; read it again. Raised on any thread.</summary>
    public event Action<Guid>? Changed;

    /// <summary>The pair to judge now: the one that is open, else a new one. Null when there is nothing (more) for this annotator, or the study has ended.</summary>
    /// <exception cref="NotFoundException">There is no such study for this person.</exception>
    public async Task<ShownPair?> NextAsync(Person person, Guid study)
    {
        ShownPair? shown = null;
        await _store.WriteAsync(async db =>
        {
            StudyRow row = await StudyReading.StudyAsync(db, study, person);
            if (row.Ended is not null) return;
            IReadOnlyList<PastShowing> past = await StudyReading.PastAsync(db, study, _time.GetUtcNow());
            PastShowing? open = past.Where(showing => showing.Person == person.Id && showing.Kind is not ShowingKind.Adjudication && showing.Verdict is null).MinBy(showing => showing.Number);
            ShowingRow? showing = open is not null ? await StudyReading.ShowingAsync(db, open.Id, person)
                : row.Plan.Kind is StudyKind.Live ? null
                : PairDraw.Next(row.Plan, await StudyReading.ItemsAsync(db, study), past, person.Id) is { } draw ? Show(db, study, person, past.Count(showing => showing.Person == person.Id), draw, _time.GetUtcNow())
                : null;
            if (showing is not null) shown = await StudyReading.ShownAsync(db, showing);
        });
        return shown;
    }

    /// <summary>A pair that the annotator was shown, with the vote that stands.</summary>
    /// <exception cref="NotFoundException">It was not shown to this person.</exception>
    public Task<ShownPair> GetAsync(Person person, Guid showing) => _store.ReadAsync(async db => await StudyReading.ShownAsync(db, await StudyReading.ShowingAsync(db, showing, person)));

    /// <summary>Keeps what is filled in so far.</summary>
    public Task SaveDraftAsync(Person person, Guid showing, Draft draft) => _store.WriteAsync(async db =>
    {
        await StudyReading.ShowingAsync(db, showing, person);
        if (await StudyReading.VotesAsync(db, showing) is [.., { Verdict: not null }]) return;
        if (await db.Drafts.FindAsync(showing) is { } row) row.Value = draft;
        else db.Drafts.Add(new DraftRow { ShowingId = showing, Value = draft });
    });

    /// <summary>Votes.</summary>
    /// <param name="person">The annotator.</param>
    /// <param name="showing">What was shown.</param>
    /// <param name="id">The event's, new for each vote.</param>
    /// <param name="ballot">What they say.</param>
    /// <exception cref="RequestException">The study does not take this ballot, or the pair has a vote.</exception>
    /// <exception cref="NotFoundException">It was not shown to this person.</exception>
    public Task<VoteEntry> CastAsync(Person person, Guid showing, Guid id, Ballot ballot) => AddAsync(person, showing, id, VoteKind.Cast, ballot);

    /// <summary>Puts another ballot in the place of the one that stands.</summary>
    /// <inheritdoc cref="CastAsync"/>
    public Task<VoteEntry> CorrectAsync(Person person, Guid showing, Guid id, Ballot ballot) => AddAsync(person, showing, id, VoteKind.Correction, ballot);

    /// <summary>Takes a vote back; its pair is shown again, with what was filled in.</summary>
    /// <inheritdoc cref="CastAsync"/>
    public Task<VoteEntry> UndoAsync(Person person, Guid showing, Guid id) => AddAsync(person, showing, id, VoteKind.Undo, null);

    /// <summary>The annotator's votes in a study that stand, the latest first.</summary>
    /// <param name="person">The annotator.</param>
    /// <param name="study">The study.</param>
    /// <param name="settling">Those as an adjudicator instead.</param>
    public Task<IReadOnlyList<HistoryEntry>> HistoryAsync(Person person, Guid study, bool settling = false) => _store.ReadAsync<IReadOnlyList<HistoryEntry>>(async db =>
    {
        await StudyReading.StudyAsync(db, study, person);
        VoteEntry[] standing = [.. VoteEntry.Standing(await StudyReading.EventsAsync(db, study, person.Id)).Where(vote => vote.ShowingKind is ShowingKind.Adjudication == settling)];
        int[] numbers = [.. standing.Select(vote => vote.Item).Distinct()];
        Dictionary<int, StudyItem> items = await db.StudyItems.Where(row => row.StudyId == study && numbers.Contains(row.Number)).ToDictionaryAsync(row => row.Number, row => row.Value);
        return [.. Enumerable.Reverse(standing).Select(vote => new HistoryEntry(vote.Showing, vote.At, vote.Ballot!, Start(items[vote.Item])))];
    });

    /// <exception cref="NotFoundException">There is no such study for this person.</exception>
    public Task<StudyProgress> ProgressAsync(Person person, Guid study) => _store.ReadAsync(async db =>
    {
        StudyRow row = await StudyReading.StudyAsync(db, study, person);
        IReadOnlyList<PastShowing> voted = [.. (await StudyReading.PastAsync(db, study, _time.GetUtcNow())).Where(showing => showing.Verdict is not (null or Judgement.Skip))];
        int? most = row.Plan.Kind is StudyKind.Live ? null
            : (await StudyReading.ItemsAsync(db, study)).Where(item => !item.Gold).Sum(item => item.Answered.Count * (item.Answered.Count - 1) / 2) * row.Plan.Overlap;
        return new StudyProgress(voted.Count(showing => showing.Person == person.Id && showing.Kind is not ShowingKind.Adjudication), voted.Count(showing => showing.Kind is ShowingKind.Normal),
            row.Plan.Votes is int votes ? Math.Min(votes, most ?? votes) : most);
    });

    /// <summary>Which model stood where, once the vote was given, in a study that tells it; else null.</summary>
    public Task<Revealed?> RevealAsync(Person person, Guid showing) => _store.ReadAsync(async db =>
    {
        ShowingRow row = await StudyReading.ShowingAsync(db, showing, person);
        StudyPlan plan = (await StudyReading.StudyAsync(db, row.StudyId, person)).Plan;
        if (!plan.Reveal || row.Kind is ShowingKind.Gold or ShowingKind.Adjudication || await StudyReading.VotesAsync(db, showing) is not [.., { Verdict: not null }]) return null;
        (string first, string second) = (plan.Models[row.First], plan.Models[row.Second]);
        return row.FirstIsLeft ? new Revealed(first, second) : new Revealed(second, first);
    });

    /// <summary>All events of a study, in order.</summary>
    public Task<IReadOnlyList<VoteEntry>> EventsAsync(Guid study) => _store.ReadAsync(db => StudyReading.EventsAsync(db, study, null));

    /// <summary>Something happened outside of this class: a live pair is ready.</summary>
    internal void Announce(Guid study) => Changed?.Invoke(study);

    async Task<VoteEntry> AddAsync(Person person, Guid showing, Guid id, VoteKind kind, Ballot? ballot)
    {
        VoteRow? vote = null;
        ShowingRow shown = null!;
        await _store.WriteAsync(async db =>
        {
            shown = await StudyReading.ShowingAsync(db, showing, person);
            if (await db.Votes.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id) is { } same)
            {
                vote = same.ShowingId == showing && same.Kind == kind ? same : throw new RequestException("another vote has this id; send each vote with one of its own", "id");
                return;
            }
            StudyRow study = await StudyReading.StudyAsync(db, shown.StudyId, person);
            if (study.Ended is not null && shown.Kind is not ShowingKind.Adjudication) throw new RequestException("this study has ended and takes no votes any more");
            ballot?.Check(study.Plan);
            List<VoteRow> before = await StudyReading.VotesAsync(db, showing);
            Allow(kind, before, final: study.Plan.Reveal && shown.Kind is not ShowingKind.Adjudication);
            StudyItem item = (await db.StudyItems.AsNoTracking().SingleAsync(row => row.StudyId == shown.StudyId && row.Number == shown.Item)).Value;
            (string left, string right) = StudyReading.Texts(item, shown);
            vote = new VoteRow
            {
                Id = id, ShowingId = showing, Kind = kind, Ballot = ballot, Verdict = ballot?.Verdict, At = _time.GetUtcNow(),
                Shown = ShownHashes.Of(item.Messages, left, right), Hasty = ballot is { Verdict: not Judgement.Skip } && ballot.Spent < study.Plan.LeastReading,
            };
            db.Votes.Add(vote);
            DraftRow? draft = await db.Drafts.FindAsync(showing);
            if (draft is not null) db.Drafts.Remove(draft);
            if (kind is VoteKind.Undo && before[^1].Ballot is { } undone)
                db.Drafts.Add(new DraftRow { ShowingId = showing, Value = new Draft { Strength = undone.Strength, Criteria = undone.Criteria, Reason = undone.Reason, Spent = undone.Spent } });
        });
        Changed?.Invoke(shown.StudyId);
        return StudyReading.Event(vote!, shown);
    }

    static void Allow(VoteKind kind, List<VoteRow> before, bool final)
    {
        bool stands = before is [.., { Verdict: not null }];
        if (kind is VoteKind.Cast && stands) throw new RequestException("this pair has your vote; correct it, or undo it first");
        if (kind is not VoteKind.Cast && !stands) throw new RequestException("this pair has no vote that could be changed");
        if (kind is not VoteKind.Cast && final) throw new RequestException("this study tells the names after the vote, and a vote given with them in mind is not blind; it cannot be changed");
    }

    /// <summary>Notes that a pair is shown.</summary>
    internal static ShowingRow Show(JuxtaDb db, Guid study, Person person, int number, Draw draw, DateTimeOffset now)
    {
        var row = new ShowingRow
        {
            Id = Guid.NewGuid(), StudyId = study, PersonId = person.Id, Number = number,
            Item = draw.Pair.Item, First = draw.Pair.First, Second = draw.Pair.Second, FirstIsLeft = draw.FirstIsLeft, Kind = draw.Kind, Of = draw.Of, Drawn = now,
        };
        db.Showings.Add(row);
        return row;
    }

    static string Start(StudyItem item)
    {
        string text = item.Messages.Count > 0 ? item.Messages[^1].Content.ReplaceLineEndings(" ") : "";
        return text.Length <= StartLength ? text : text[..StartLength] + "…";
    }
}
