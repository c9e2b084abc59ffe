namespace Juxta.Eval.Preferences;

/// <summary>A line of the append-only log: a vote, the undoing of an earlier one, or both at once, which is a correction.</summary>
/// <param name="Vote">What is now said; null where something is only taken back.</param>
/// <param name="Undoes">The <see cref="Vote.Id"/> that is taken back; null where nothing is.</param>
public sealed record VoteEvent(Vote? Vote, string? Undoes = null)
{
    /// <summary>The votes that stand after all events, in the order in which they were said.</summary>
    /// <exception cref="VoteException">An event takes back what was never said or is taken back already, or two votes have one id.</exception>
    public static IReadOnlyList<Vote> Standing(IEnumerable<VoteEvent> events)
    {
        var votes = new List<Vote?>();
        var place = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((Vote? vote, string? undoes) in events)
        {
            if (undoes is not null)
            {
                if (!place.TryGetValue(undoes, out int at)) throw new VoteException($"an event takes back the vote '{undoes}', which no line before it has as its id; keep the events in the order in which they happened");
                if (votes[at] is null) throw new VoteException($"the vote '{undoes}' is taken back twice; a correction of a correction names the later id");
                votes[at] = null;
            }
            if (vote is null) continue;
            if (vote.Id is { } id && !place.TryAdd(id, votes.Count)) throw new VoteException($"two votes have the id '{id}'; every event has its own");
            votes.Add(vote);
        }
        return [.. votes.OfType<Vote>()];
    }
}
