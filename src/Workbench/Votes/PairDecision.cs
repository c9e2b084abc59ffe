using Juxta.Eval.Sequential;

namespace Juxta.Workbench.Votes;

/// <summary>What a study's votes have settled about two of its models, by a test that holds whenever one looks (docs/ratings.md).</summary>
/// <param name="Pair">The models; an item that several annotators judge is one score once all have.</param>
public sealed record PairDecision(PairScores Pair, SequentialTest Test)
{
    /// <summary>Each pair of models that has votes; the chance of an error is shared among them.</summary>
    /// <param name="votes">The ordinary votes of one study, in the order in which they were given.</param>
    public static IReadOnlyList<PairDecision> Of(IReadOnlyList<JudgedVote> votes)
    {
        if (votes.Count == 0) return [];
        int overlap = votes[0].Study.Plan.Overlap;
        IReadOnlyList<PairScores> pairs = PairScores.Of(votes.Select(vote => vote.Vote), overlap > 1 ? overlap : null);
        StoppingRule rule = new StoppingRule().Among(pairs.Count);
        return [.. pairs.Select(pair => new PairDecision(pair, SequentialTest.Of(pair.Scores, rule)))];
    }
}
