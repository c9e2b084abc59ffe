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
            all.AddRange(standing.Select(vote => Judged(vote, of, items[vote.Item], names)));
        }
        return [.. all.OrderBy(vote => vote.Entry.Sequence)];
    }

    static JudgedVote Judged(VoteEntry vote, Study study, StudyItem item, IReadOnlyDictionary<Guid, string> names)
    {
        string Model(int number) => item.Gold ? number == 0 ? "the good answer" : "the bad answer" : study.Plan.Models[number];
        return new JudgedVote(vote, study, item, Model(vote.Left), Model(vote.Right), names.GetValueOrDefault(vote.Person, "somebody"));
    }
}
