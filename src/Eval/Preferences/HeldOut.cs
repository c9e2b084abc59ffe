using System.Text.Json;
using Juxta.Eval.Guard;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Preferences;

/// <summary>Votes on held-out samples of one set.</summary>
/// <param name="Votes">How many.</param>
/// <param name="Found">The first one whose texts tell it, though it does not name the set; null where all name it.</param>
public sealed record HeldOutVotes(string Set, int Votes, HeldOutMatch? Found);

/// <summary>
/// Which votes are on held-out samples. A model that was trained on them can no longer be judged by their set, so they leave as training data only when
/// somebody says so.
/// </summary>
public static class HeldOut
{
    /// <summary>What was found as a sentence; null where nothing was.</summary>
    public static string? Describe(IReadOnlyList<HeldOutVotes> held, int votes)
    {
        if (held.Count == 0) return null;
        string sets = string.Join(", ", held.Select(set => $"{set.Set}: {set.Votes}{(set.Found is { } match ? $", such as {match.Sample}, {match.Kind.Describe(match.Share)}" : "")}"));
        return $"{held.Sum(set => set.Votes)} of {votes} votes are on held-out samples ({sets}). A model trained on them can no longer be judged by these sets";
    }

    /// <summary>
    /// By set: votes that name a set, and votes in whose conversation or answers a sample of a set occurs, as <see cref="HeldOutGuard"/> finds it: what is let pass
    /// is what <c>juxta eval guard</c> finds nothing in.
    /// </summary>
    public static IReadOnlyList<HeldOutVotes> Find(IEnumerable<Vote> votes, IReadOnlyList<EvalSet> sets)
    {
        HeldOutGuard[] guards = [.. sets.Select(set => new HeldOutGuard(set))];
        var known = new Dictionary<string, (string Set, HeldOutMatch? Match)?>(StringComparer.Ordinal);
        var found = new SortedDictionary<string, HeldOutVotes>(StringComparer.Ordinal);
        foreach (Vote vote in votes)
        {
            (string Set, HeldOutMatch? Match)? held = vote.Set is { } named ? (named, null) : vote.Texts is { } texts ? Occurring(texts) : null;
            if (held is not { } at) continue;
            HeldOutVotes before = found.GetValueOrDefault(at.Set) ?? new HeldOutVotes(at.Set, 0, null);
            found[at.Set] = before with { Votes = before.Votes + 1, Found = before.Found ?? at.Match };
        }
        return [.. found.Values];

        (string Set, HeldOutMatch? Match)? Occurring(JudgedTexts texts)
        {
            string[] all = [.. texts.Messages.Select(message => message.Content), texts.AnswerA, texts.AnswerB];
            string key = JsonSerializer.Serialize(all);
            if (!known.TryGetValue(key, out (string Set, HeldOutMatch? Match)? match))
                known[key] = match = guards.SelectMany(guard => guard.Find(all).Select(one => ((string Set, HeldOutMatch? Match)?)(guard.Set.Id, one))).FirstOrDefault();
            return match;
        }
    }
}
