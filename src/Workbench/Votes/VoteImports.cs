using Juxta.Engine;
using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Workbench.People;
using Juxta.Workbench.Storage;
using Juxta.Workbench.Studies;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Votes;

/// <summary>
/// Votes that were given elsewhere, as an ended study of their own: every event of the file is one of the log, with its time, side and annotator, so that the leaderboard,
/// agreement and exports take it as any other.
/// </summary>
public sealed class VoteImports
{
    const string Nobody = "somebody", Remark = " (imported)";

    readonly Store _store;
    readonly TimeProvider _time;

    internal VoteImports(Store store, TimeProvider time) => (_store, _time) = (store, time);

    /// <summary>Makes the study and returns its id.</summary>
    /// <param name="title">The study's.</param>
    /// <param name="events">In the order in which they happened.</param>
    /// <exception cref="RequestException">There is no vote, or the log contradicts itself.</exception>
    public async Task<Guid> ImportAsync(string title, IReadOnlyList<VoteEvent> events)
    {
        if (string.IsNullOrWhiteSpace(title)) throw new RequestException("a study needs a title", "title");
        try
        {
            VoteEvent.Standing(events);
        }
        catch (VoteException error)
        {
            throw new RequestException(error.Message, "file");
        }
        Vote[] votes = [.. events.Select(one => one.Vote).OfType<Vote>()];
        string[] models = [.. votes.Where(vote => vote.Gold is null).SelectMany(vote => (string[])[vote.A, vote.B]).Distinct(StringComparer.Ordinal)];
        if (models.Length == 0) throw new RequestException("there are no votes on models in the file", "file");
        if (votes.Any(vote => vote.Gold is Verdict.Tie or Verdict.BothBad)) throw new RequestException("the file has a gold item that expects a tie; here a gold item has one better answer. Leave its lines out", "file");
        DateTimeOffset now = _time.GetUtcNow();
        var plan = new StudyPlan
        {
            Kind = StudyKind.File, Models = models, Overlap = Math.Clamp(Overlap(votes), 1, StudyPlan.MostOverlap), Strength = votes.Any(vote => vote.Strength is not null),
            Criteria = [.. votes.SelectMany(vote => vote.Criteria.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };
        Guid study = Guid.CreateVersion7(now);
        var items = new ImportedItems(models);
        await _store.WriteAsync(async db =>
        {
            db.Studies.Add(new StudyRow { Id = study, Created = now, Title = title.Trim(), Plan = plan, Ended = now });
            Dictionary<string, Guid> people = await PeopleAsync(db, votes, now);
            HashSet<Guid> taken = [.. await db.Votes.Select(vote => vote.Id).ToListAsync()];
            var shown = new Dictionary<string, ShowingRow>(StringComparer.Ordinal);
            var numbers = new Dictionary<Guid, int>();
            var showings = new List<ShowingRow>();
            foreach (VoteEvent entry in events)
            {
                ShowingRow? before = entry.Undoes is { } undone ? shown[undone] : null;
                Vote? vote = entry.Vote;
                bool corrects = before is not null && vote is not null && items.Place(vote) == (before.Item, before.First, before.Second);
                if (before is not null && !corrects) Add(before, VoteKind.Undo, null);
                if (vote is null) continue;
                ShowingRow row = corrects ? before! : Showing(vote);
                Add(row, corrects ? VoteKind.Correction : VoteKind.Cast, vote);
                if (vote.Id is { } id) shown[id] = row;
            }
            db.StudyItems.AddRange(items.Rows(study));
            db.Showings.AddRange(showings);

            ShowingRow Showing(Vote vote)
            {
                (int item, int first, int second) = items.Place(vote);
                Guid person = people[vote.Annotator ?? Nobody];
                ShowingKind kind = vote.Gold is not null ? ShowingKind.Gold : vote.Purpose switch { VotePurpose.Repeat => ShowingKind.Repeat, VotePurpose.Adjudication => ShowingKind.Adjudication, _ => ShowingKind.Normal };
                var row = new ShowingRow
                {
                    Id = Guid.NewGuid(), StudyId = study, PersonId = person, Number = numbers[person] = numbers.GetValueOrDefault(person, -1) + 1, Item = item, First = first, Second = second,
                    FirstIsLeft = items.FirstIsA(vote) == (vote.ALeft ?? true), Kind = kind, Drawn = vote.Time ?? now,
                    Of = kind is ShowingKind.Repeat ? showings.FirstOrDefault(one => one.PersonId == person && (one.Item, one.First, one.Second) == (item, first, second))?.Id : null,
                };
                showings.Add(row);
                return row;
            }

            void Add(ShowingRow row, VoteKind kind, Vote? vote)
            {
                (string left, string right) = items.Texts(row);
                Guid id = vote?.Id is { } named && Guid.TryParse(named, out Guid own) && taken.Add(own) ? own : Guid.NewGuid();
                bool mirrored = vote is not null && items.FirstIsA(vote) != row.FirstIsLeft;
                Ballot? ballot = vote is null ? null : new Ballot(Said(vote.Verdict, mirrored))
                {
                    Strength = vote.Strength, Reason = vote.Reason, Spent = TimeSpan.FromSeconds(vote.Seconds ?? 0),
                    Criteria = vote.Criteria.ToDictionary(one => one.Key, one => Said(one.Value is Verdict.BothBad ? Verdict.Tie : one.Value, mirrored)),
                };
                db.Votes.Add(new VoteRow { Id = id, ShowingId = row.Id, Kind = kind, Ballot = ballot, Verdict = ballot?.Verdict, At = vote?.Time ?? now, Shown = ShownHashes.Of(items.Messages(row), left, right) });
            }
        });
        return study;
    }

    /// <summary>Seen from the sides: A stands on the left.</summary>
    static Judgement Said(Verdict? verdict, bool mirrored)
    {
        Judgement said = verdict is { } found ? Judgements.Read(found.Word())!.Value : Judgement.Skip;
        return mirrored ? said.Mirrored() : said;
    }

    static int Overlap(IEnumerable<Vote> votes) => votes.Where(vote => vote is { Battle: not null, Item: not null }).Select(vote => vote.Ordered()).GroupBy(vote => (vote.Item, vote.A, vote.B))
        .Select(group => group.Select(vote => vote.Annotator).Distinct().Count()).DefaultIfEmpty(1).Max();

    /// <summary>People who can never sign in, called as in the file with a remark: who is called so here may be somebody else.</summary>
    static async Task<Dictionary<string, Guid>> PeopleAsync(JuxtaDb db, IEnumerable<Vote> votes, DateTimeOffset now)
    {
        var people = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (string annotator in votes.Select(vote => vote.Annotator ?? Nobody).Distinct(StringComparer.Ordinal))
        {
            string name = annotator.EndsWith(Remark, StringComparison.Ordinal) ? annotator : annotator + Remark;
            PersonRow? row = db.People.Local.SingleOrDefault(person => person.Name == name) ?? await db.People.SingleOrDefaultAsync(person => person.Name == name);
            if (row is null) db.People.Add(row = new PersonRow { Id = Guid.NewGuid(), Name = name, Role = Role.Annotator, Proof = "", Created = now, Ended = now });
            people[annotator] = row.Id;
        }
        return people;
    }
}
