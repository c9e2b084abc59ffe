using Juxta.Eval.Agreement;
using Juxta.Eval.Proportions;
using Juxta.Eval.Sequential;
using Juxta.Eval.Significance;

namespace Juxta.Eval.Simulation;

/// <summary>What a stopping rule decides when one looks after every vote, over many studies of two models whose true share is known.</summary>
/// <param name="Share">Of A among decided votes.</param>
/// <param name="Ties">Share of ties.</param>
/// <param name="MostVotes">Where a study gives up.</param>
/// <param name="A">Studies that called A better.</param>
/// <param name="B">Studies that called B better.</param>
/// <param name="Alike">Studies that called them alike.</param>
/// <param name="MedianVotes">Votes until the decision in the median study; null where fewer than half decided.</param>
/// <param name="Peeking">Studies in which an ordinary sign test would have been below alpha at some look: what happens without a rule.</param>
public sealed record StoppingExperiment(double Share, double Ties, int MostVotes, CountedShare A, CountedShare B, CountedShare Alike, int? MedianVotes, CountedShare Peeking)
{
    public static StoppingExperiment Run(StoppingRule rule, double share, double ties, int studies, int mostVotes, ulong seed)
    {
        var random = new Pcg64(seed);
        var decided = new List<int>();
        int a = 0, b = 0, alike = 0, peeked = 0;
        int[] surprising = Surprising(rule.Alpha, mostVotes);
        for (int study = 0; study < studies; study++)
        {
            var test = new SequentialTest(rule);
            int wins = 0, losses = 0;
            bool peek = false;
            // Both the rule and the naive test get the same votes, each until it ends.
            while (test.Count < mostVotes && (test.Decision == Decision.Undecided || !peek))
            {
                double score = random.NextDouble() < ties ? 0.5 : random.NextDouble() < share ? 1 : 0;
                test.Add(score);
                if (score == 1) wins++;
                if (score == 0) losses++;
                peek |= Math.Max(wins, losses) >= surprising[wins + losses];
            }
            if (test.Decision == Decision.A) a++;
            if (test.Decision == Decision.B) b++;
            if (test.Decision == Decision.Alike) alike++;
            if (test.DecidedAt is { } at) decided.Add(at);
            if (peek) peeked++;
        }
        decided.Sort();
        int half = (studies - 1) / 2;
        return new(share, ties, mostVotes, new(a, studies), new(b, studies), new(alike, studies), decided.Count > half ? decided[half] : null, new(peeked, studies));
    }

    /// <summary>For each number of decided votes the fewest wins that an ordinary two-sided sign test finds significant.</summary>
    static int[] Surprising(double alpha, int most)
    {
        var fewest = new int[most + 1];
        for (int n = 0, wins = 0; n <= most; n++)
        {
            wins = Math.Max(wins, (n + 1) / 2);
            while (wins <= n && SignTest.TwoSided(wins, n - wins) > alpha) wins++;
            fewest[n] = wins;
        }
        return fewest;
    }
}
