using Juxta.Eval.Suites;

namespace Juxta.Eval.Preferences;

/// <summary>
/// Which votes are on held-out samples. A model that was trained on them can no longer be judged by their set, so they leave as training data only when
/// somebody says so.
/// </summary>
public static class HeldOut
{
    /// <summary>By set, how many votes are on its samples: those that name the set, and those whose user messages are a sample's, word for word.</summary>
    public static IReadOnlyDictionary<string, int> Count(IEnumerable<Vote> votes, IEnumerable<EvalSet> sets)
    {
        var prompts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (EvalSet set in sets)
            foreach (EvalSample sample in set.Samples)
                prompts.TryAdd(Asked(sample.Messages), set.Id);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (Vote vote in votes)
        {
            string? set = vote.Set ?? (vote.Texts is { } texts ? prompts.GetValueOrDefault(Asked(texts.Messages)) : null);
            if (set is not null) counts[set] = counts.GetValueOrDefault(set) + 1;
        }
        return counts;
    }

    /// <summary>What the user said, whatever the white space and the system prompt.</summary>
    static string Asked(IEnumerable<EvalMessage> messages) =>
        string.Join('\n', messages.Where(m => m.Role == EvalMessage.User).Select(m => string.Join(' ', m.Content.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
}
