using Juxta.Eval.Ratings;

namespace Juxta.Eval.Agreement;

/// <summary>How often votes on the same pair of answers agree (Zheng et al. 2023): pairs that agree and all pairs.</summary>
public readonly record struct VoteAgreement(int Agreeing, int Pairs)
{
    /// <summary>0 where there is no pair.</summary>
    public double Share => Pairs > 0 ? (double)Agreeing / Pairs : 0;

    /// <summary>All pairs of votes of one item, over all items; ties of either kind agree with each other.</summary>
    /// <param name="withTies">False leaves pairs with a tie out.</param>
    public static VoteAgreement Among(IEnumerable<IReadOnlyList<Verdict>> items, bool withTies)
    {
        var sum = default(VoteAgreement);
        foreach (IReadOnlyList<Verdict> votes in items)
            for (int i = 0; i < votes.Count; i++)
                for (int j = i + 1; j < votes.Count; j++)
                    sum = sum.With(votes[i], votes[j], withTies);
        return sum;
    }

    /// <summary>Every vote of an item against its judge's.</summary>
    public static VoteAgreement WithJudge(IEnumerable<(IReadOnlyList<Verdict> Votes, Verdict Judge)> items, bool withTies)
    {
        var sum = default(VoteAgreement);
        foreach ((IReadOnlyList<Verdict> votes, Verdict judge) in items)
            foreach (Verdict vote in votes)
                sum = sum.With(vote, judge, withTies);
        return sum;
    }

    VoteAgreement With(Verdict one, Verdict other, bool withTies)
    {
        bool ties = IsTie(one) || IsTie(other);
        if (ties && !withTies) return this;
        return new(Agreeing + (one == other || (IsTie(one) && IsTie(other)) ? 1 : 0), Pairs + 1);
    }

    static bool IsTie(Verdict verdict) => verdict is Verdict.Tie or Verdict.BothBad;
}
