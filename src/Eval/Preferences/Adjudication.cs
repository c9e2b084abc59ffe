namespace Juxta.Eval.Preferences;

/// <summary>What becomes of votes on an item on which an adjudicator gave a verdict of their own.</summary>
public static class Adjudication
{
    /// <summary>
    /// The votes with the adjudicator's verdict in the place of all ordinary votes on its item and pair: it stands where it was given, as an ordinary vote; of
    /// several the last one. An adjudicator's skip settles nothing. Gold and repeats stay as they are.
    /// </summary>
    /// <param name="votes">In the order in which they were cast.</param>
    public static IReadOnlyList<Vote> Applied(IReadOnlyList<Vote> votes)
    {
        ArgumentNullException.ThrowIfNull(votes);
        Dictionary<(string?, string, string), Vote> settled = Settled(votes);
        if (settled.Count == 0) return votes;
        return
        [
            .. votes.Where(vote => vote.Purpose switch
            {
                VotePurpose.Ordinary => vote.Gold is not null || !settled.ContainsKey(Case(vote)),
                VotePurpose.Adjudication => ReferenceEquals(settled.GetValueOrDefault(Case(vote)), vote),
                _ => true,
            }).Select(vote => vote.Purpose is VotePurpose.Adjudication ? vote with { Purpose = VotePurpose.Ordinary } : vote),
        ];
    }

    /// <summary>The adjudicators' verdicts by item and pair.</summary>
    internal static Dictionary<(string?, string, string), Vote> Settled(IEnumerable<Vote> votes)
    {
        var settled = new Dictionary<(string?, string, string), Vote>();
        foreach (Vote vote in votes.Where(vote => vote is { Purpose: VotePurpose.Adjudication, Verdict: not null })) settled[Case(vote)] = vote;
        return settled;
    }

    /// <summary>Item and pair, whichever model was named first.</summary>
    internal static (string?, string, string) Case(Vote vote) => vote.Ordered() is var ordered ? (ordered.Item, ordered.A, ordered.B) : default;
}
