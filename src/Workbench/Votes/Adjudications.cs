using Juxta.Engine;
using Juxta.Workbench.People;
using Juxta.Workbench.Storage;
using Juxta.Workbench.Studies;

namespace Juxta.Workbench.Votes;

/// <summary>What an annotator said of a pair, seen from the sides on which it is shown now.</summary>
public sealed record Opinion(string Annotator, Judgement Verdict, string? Reason);

/// <summary>
/// The pairs on which annotators differ, shown to a lead one after the other, as blind as to them, but with what they said. The lead's own verdict is an event of the vote
/// log like every other; it can be given after the study has ended, undone and corrected.
/// </summary>
public sealed class Adjudications
{
    readonly Store _store;
    readonly PeopleRegister _people;
    readonly TimeProvider _time;

    internal Adjudications(Store store, PeopleRegister people, TimeProvider time) => (_store, _people, _time) = (store, people, time);

    /// <summary>The pair to settle now: the one that is open, else the next on which annotators differ and nobody has settled. Null when there is none.</summary>
    /// <exception cref="RequestException">This person leads no studies.</exception>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    public async Task<ShownPair?> NextAsync(Person person, Guid study)
    {
        Require(person);
        ShowingRow? showing = null;
        await _store.WriteAsync(async db =>
        {
            StudyRow row = await StudyReading.StudyAsync(db, study, person);
            IReadOnlyList<PastShowing> past = await StudyReading.PastAsync(db, study, _time.GetUtcNow());
            PastShowing[] settling = [.. past.Where(one => one.Kind is ShowingKind.Adjudication)];
            if (settling.Where(one => one.Person == person.Id && one.Verdict is null).MinBy(one => one.Number) is { } open)
            {
                showing = await StudyReading.ShowingAsync(db, open.Id, person);
                return;
            }
            HashSet<AnswerPair> taken = [.. settling.Where(one => one.Counts || one.Verdict is Judgement.Skip && one.Person == person.Id).Select(one => one.Pair)];
            if (Differing(past).Where(pair => !taken.Contains(pair)).Cast<AnswerPair?>().FirstOrDefault() is not { } next) return;
            PastShowing[] own = [.. settling.Where(one => one.Person == person.Id)];
            showing = VoteLog.Show(db, study, person, past.Count(one => one.Person == person.Id), new Draw(next, Sides.FirstIsLeft(row.Plan.Seed, person.Id, next, own), ShowingKind.Adjudication), _time.GetUtcNow());
        });
        return showing is null ? null : await GetAsync(person, showing.Id);
    }

    /// <summary>A pair that this lead was shown to settle, with what annotators said of it.</summary>
    /// <exception cref="NotFoundException">It was not shown to this person.</exception>
    public async Task<ShownPair> GetAsync(Person person, Guid showing)
    {
        Require(person);
        IReadOnlyDictionary<Guid, string> names = await _people.NamesAsync();
        return await _store.ReadAsync(async db =>
        {
            ShowingRow row = await StudyReading.ShowingAsync(db, showing, person);
            IReadOnlyList<VoteEntry> standing = VoteEntry.Standing(await StudyReading.EventsAsync(db, row.StudyId, null));
            int left = row.FirstIsLeft ? row.First : row.Second, right = row.FirstIsLeft ? row.Second : row.First;
            return await StudyReading.ShownAsync(db, row) with
            {
                Opinions =
                [
                    .. standing.Where(vote => vote is { ShowingKind: ShowingKind.Normal, Ballot.Verdict: not Judgement.Skip } && vote.Item == row.Item && vote.Left + vote.Right == left + right && (vote.Left == left || vote.Left == right))
                        .Select(vote => new Opinion(names.GetValueOrDefault(vote.Person, "somebody"), vote.Left == left ? vote.Ballot!.Verdict : vote.Ballot!.Verdict.Mirrored(), vote.Ballot.Reason)),
                ],
            };
        });
    }

    /// <summary>How many pairs annotators differ on, and how many of them somebody has settled.</summary>
    public Task<(int Settled, int Of)> ProgressAsync(Guid study) => _store.ReadAsync(async db =>
    {
        IReadOnlyList<PastShowing> past = await StudyReading.PastAsync(db, study, _time.GetUtcNow());
        HashSet<AnswerPair> settled = [.. past.Where(one => one is { Kind: ShowingKind.Adjudication, Verdict: not (null or Judgement.Skip) }).Select(one => one.Pair)];
        AnswerPair[] all = [.. Differing(past)];
        return (all.Count(settled.Contains), all.Length);
    });

    /// <summary>Pairs with two votes or more that do not say the same of the answers; ties of either kind are the same. By item.</summary>
    static IEnumerable<AnswerPair> Differing(IEnumerable<PastShowing> past) => past
        .Where(one => one is { Kind: ShowingKind.Normal, Verdict: not (null or Judgement.Skip) })
        .GroupBy(one => one.Pair)
        .Where(pair => pair.Select(one => one.Verdict.ScoreOfFirst(one.FirstIsLeft)).Distinct().Skip(1).Any())
        .Select(pair => pair.Key).OrderBy(pair => pair.Item).ThenBy(pair => pair.First).ThenBy(pair => pair.Second);

    static void Require(Person person)
    {
        if (!person.Leads) throw new RequestException("only leads settle what annotators differ on");
    }
}
