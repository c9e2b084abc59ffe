using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Eval.Significance;

namespace Juxta.Eval.Agreement;

/// <summary>Cohen's kappa of two annotators over the items that both judged.</summary>
public sealed record PairKappa(string First, string Second, int Items, ResampledInterval Kappa);

/// <summary>How far the annotators of a study agree, with 95 % intervals over items.</summary>
/// <param name="Items">Items that two or more judged.</param>
/// <param name="Votes">First votes on them.</param>
/// <param name="WithTies">Share of pairs of votes that agree.</param>
/// <param name="WithoutTies">The same without pairs that hold a tie.</param>
/// <param name="Nominal">Krippendorff's alpha, different being different.</param>
/// <param name="Ordinal">Krippendorff's alpha, a tie lying between the two.</param>
/// <param name="Raters">The most frequent number of votes an item has.</param>
/// <param name="Fleiss">Fleiss' kappa of the items with so many; null where no item has two.</param>
public sealed record AgreementReport(
    int Items, int Votes, ResampledInterval WithTies, ResampledInterval WithoutTies, ResampledInterval Nominal, ResampledInterval Ordinal, int Raters, ResampledInterval? Fleiss, IReadOnlyList<PairKappa> Pairs)
{
    /// <param name="votes">In the order in which they were cast.</param>
    /// <param name="criterion">Of this criterion instead of the whole verdict.</param>
    /// <exception cref="VoteException">No item was judged by two people.</exception>
    public static AgreementReport Of(IEnumerable<Vote> votes, string? criterion = null, int samples = Bootstrap.DefaultSamples, ulong seed = Bootstrap.DefaultSeed) =>
        Find(votes, criterion, samples, seed)
        ?? throw new VoteException($"no item was judged by two annotators{(criterion is null ? "" : $" by the criterion '{criterion}'")}; agreement needs votes of two or more people, with 'item' and 'annotator', on the same item and pair of models");

    /// <summary>Null where no item was judged by two people.</summary>
    /// <inheritdoc cref="Of"/>
    public static AgreementReport? Find(IEnumerable<Vote> votes, string? criterion = null, int samples = Bootstrap.DefaultSamples, ulong seed = Bootstrap.DefaultSeed)
    {
        JudgedItem[] items = [.. JudgedItem.Of(votes, criterion).Where(item => item.Said.Count > 1)];
        if (items.Length == 0) return null;
        int[][] counts = [.. items.Select(item => item.Counts())];
        Verdict[][] said = [.. items.Select(item => item.Said.Values.ToArray())];
        int raters = counts.GroupBy(c => c.Sum()).OrderByDescending(g => g.Count()).ThenByDescending(g => g.Key).First().Key;
        return new(items.Length, counts.Sum(c => c.Sum()), Share(true), Share(false),
            AgreementIntervals.Krippendorff(counts, Measurement.Nominal, samples, seed), AgreementIntervals.Krippendorff(counts, Measurement.Ordinal, samples, seed),
            raters, AgreementIntervals.Fleiss([.. counts.Where(c => c.Sum() == raters)], samples, seed), Kappas(items, samples, seed));

        ResampledInterval Share(bool ties) => ClusterBootstrap.Interval(said.Length, samples, seed, drawn => VoteAgreement.Among(drawn.Select(i => said[i]), ties) is { Pairs: > 0 } found ? found.Share : double.NaN);
    }

    static PairKappa[] Kappas(JudgedItem[] items, int samples, ulong seed)
    {
        string[] people = [.. items.SelectMany(item => item.Said.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var pairs = new List<PairKappa>();
        for (int i = 0; i < people.Length; i++)
        {
            for (int j = i + 1; j < people.Length; j++)
            {
                JudgedItem[] shared = [.. items.Where(item => item.Said.ContainsKey(people[i]) && item.Said.ContainsKey(people[j]))];
                if (shared.Length < 2) continue;
                int[] first = [.. shared.Select(item => JudgedItem.Category(item.Said[people[i]]))], second = [.. shared.Select(item => JudgedItem.Category(item.Said[people[j]]))];
                pairs.Add(new(people[i], people[j], shared.Length, AgreementIntervals.Cohen(first, second, JudgedItem.Categories, samples: samples, seed: seed)));
            }
        }
        return [.. pairs];
    }
}
