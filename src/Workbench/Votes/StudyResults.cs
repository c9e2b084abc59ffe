using Juxta.Eval.Preferences;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;

namespace Juxta.Workbench.Votes;

/// <summary>What leads see of votes. Worked out from the log each time and stored nowhere (design D10).</summary>
public sealed class StudyResults
{
    readonly StudyShelf _studies;
    readonly VoteLog _votes;
    readonly PeopleRegister _people;

    internal StudyResults(StudyShelf studies, VoteLog votes, PeopleRegister people) => (_studies, _votes, _people) = (studies, votes, people);

    /// <summary>All votes that stand, in the order they were given; of one study, or of all.</summary>
    public async Task<IReadOnlyList<JudgedVote>> VotesAsync(Guid? study = null)
    {
        IReadOnlyDictionary<Guid, string> names = await _people.NamesAsync();
        var all = new List<JudgedVote>();
        foreach (Study of in await _studies.ListAsync())
        {
            if (study is Guid one && of.Id != one) continue;
            IReadOnlyList<VoteEntry> standing = VoteEntry.Standing(await _votes.EventsAsync(of.Id));
            if (standing.Count == 0) continue;
            IReadOnlyDictionary<int, StudyItem> items = await _studies.ItemsAsync(of.Id);
            all.AddRange(Counted([.. standing.Select(vote => Judged(vote, of, items[vote.Item], names))], of.Plan));
        }
        return [.. all.OrderBy(vote => vote.Entry.Sequence)];
    }

    /// <summary>The log of a study as votes files have it: undoings and corrections name the vote that they take back.</summary>
    public async Task<IReadOnlyList<VoteEvent>> EventsAsync(Study study)
    {
        IReadOnlyDictionary<Guid, string> names = await _people.NamesAsync();
        IReadOnlyDictionary<int, StudyItem> items = await _studies.ItemsAsync(study.Id);
        var last = new Dictionary<Guid, Guid>();
        var events = new List<VoteEvent>();
        foreach (VoteEntry entry in await _votes.EventsAsync(study.Id))
        {
            string? undoes = entry.Kind is VoteKind.Cast ? null : last[entry.Showing].ToString();
            events.Add(new VoteEvent(entry.Kind is VoteKind.Undo ? null : Judged(entry, study, items[entry.Item], names).Vote, undoes));
            last[entry.Showing] = entry.Id;
        }
        return events;
    }

    static IEnumerable<JudgedVote> Counted(JudgedVote[] votes, StudyPlan plan)
    {
        Vote[] standing = [.. votes.Select(vote => vote.Vote)];
        HashSet<string> counting = [.. (plan.AdjudicatorDecides ? Adjudication.Applied(standing) : standing).Where(vote => vote.Battle is not null).Select(vote => vote.Id!)];
        return votes.Select(vote => vote with { Counts = counting.Contains(vote.Vote.Id!) });
    }

    static JudgedVote Judged(VoteEntry vote, Study study, StudyItem item, IReadOnlyDictionary<Guid, string> names)
    {
        string Model(int number) => item.Gold ? number == 0 ? "the good answer" : "the bad answer" : study.Plan.Models[number];
        return new JudgedVote(vote, study, item, Model(vote.Left), Model(vote.Right), names.GetValueOrDefault(vote.Person, "somebody"));
    }
}
