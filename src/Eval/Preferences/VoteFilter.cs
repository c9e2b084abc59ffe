namespace Juxta.Eval.Preferences;

/// <summary>Which votes to look at; null passes everything.</summary>
public sealed record VoteFilter(string? Set = null, string? Tag = null, string? Annotator = null, string? Language = null)
{
    public bool Passes(Vote vote)
    {
        ArgumentNullException.ThrowIfNull(vote);
        return (Set is null || vote.Set == Set) && (Tag is null || vote.Tags.Contains(Tag)) && (Annotator is null || vote.Annotator == Annotator) && (Language is null || vote.Language == Language);
    }

    /// <summary>The votes that pass.</summary>
    /// <exception cref="VoteException">There are none; says what the votes know instead.</exception>
    public IReadOnlyList<Vote> Of(IReadOnlyList<Vote> votes)
    {
        ArgumentNullException.ThrowIfNull(votes);
        Vote[] passed = [.. votes.Where(Passes)];
        if (passed.Length > 0 || votes.Count == 0) return passed;
        (string Name, string? Wanted, IEnumerable<string?> Known)[] all =
        [
            ("set", Set, votes.Select(v => v.Set)), ("tag", Tag, votes.SelectMany(v => v.Tags)), ("annotator", Annotator, votes.Select(v => v.Annotator)), ("language", Language, votes.Select(v => v.Language)),
        ];
        throw new VoteException($"none of the {votes.Count} votes has " + string.Join(" and ", all.Where(f => f.Wanted is not null).Select(f => $"{f.Name} '{f.Wanted}' ({Known(f.Known)})")));
    }

    static string Known(IEnumerable<string?> values)
    {
        string[] known = [.. values.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return known.Length == 0 ? "no vote names one" : $"there are {string.Join(", ", known.Take(8))}{(known.Length > 8 ? ", …" : "")}";
    }
}
