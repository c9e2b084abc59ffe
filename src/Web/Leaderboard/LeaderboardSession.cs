using Juxta.Eval.Preferences;
using Juxta.Web.Chat;
using Juxta.Web.People;
using Juxta.Workbench;
using Juxta.Workbench.Votes;
using Board = Juxta.Workbench.Votes.Leaderboard;

namespace Juxta.Web.Leaderboard;

/// <summary>What the Leaderboard page shows: all votes, the filter, and what follows from them.</summary>
public sealed class LeaderboardSession(StudyResults results, Visitor visitor)
{
    /// <summary>Something changed.</summary>
    public event Action? Changed;

    /// <summary>All votes that count.</summary>
    public IReadOnlyList<JudgedVote> Votes { get; private set; } = [];

    /// <summary>Null = all studies.</summary>
    public Guid? Study { get; private set; }

    public VoteFilter Filter { get; private set; } = new();

    /// <summary>Null before it was worked out.</summary>
    public Board? Board { get; private set; }

    public Notice? Notice { get; private set; }

    public async Task OpenAsync(Guid? study)
    {
        try
        {
            if (!(await visitor.WhoAsync()).Leads) throw new WorkbenchException("only leads see who won");
            Votes = [.. (await results.VotesAsync()).Where(vote => vote.Counts)];
            await FilterAsync(study, new VoteFilter());
        }
        catch (Exception e)
        {
            Notice = Notices.Of(e);
            Changed?.Invoke();
        }
    }

    public async Task FilterAsync(Guid? study, VoteFilter filter)
    {
        (Study, Filter) = (study, filter);
        Board = await Task.Run(() => Workbench.Votes.Leaderboard.Of(Votes.Where(vote => (study is null || vote.Study.Id == study) && filter.Passes(vote.Vote))));
        Changed?.Invoke();
    }

    public void Dismiss()
    {
        Notice = null;
        Changed?.Invoke();
    }
}
