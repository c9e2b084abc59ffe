using Juxta.Eval.Significance;

namespace Juxta.Eval.Ratings;

/// <summary>A percentile interval of a rating over resampled votes.</summary>
public sealed record RatingInterval(string Model, double Low, double Median, double High);

/// <summary>What is drawn with replacement, and comes and goes as a whole.</summary>
public enum ResampledUnit
{
    /// <summary>Single votes, as if each were independent of all others.</summary>
    Votes,

    /// <summary>Items with all their votes: what would other prompts have shown?</summary>
    Items,

    /// <summary>Annotators with all their votes: what would other people have said?</summary>
    Annotators,

    /// <summary>
    /// Both (the pigeonhole bootstrap of Owen 2007): a vote weighs as often as its item was drawn times as often as its annotator was. Somewhat too wide where
    /// nothing hangs together.
    /// </summary>
    ItemsAndAnnotators,
}

/// <summary>
/// Bootstrap intervals of Bradley–Terry ratings. Votes of one person, or on one prompt, hang together; resampling single votes then makes intervals too narrow.
/// </summary>
public static class RatingBootstrap
{
    /// <param name="battles">The votes; a missing item or annotator is one of its own.</param>
    /// <param name="unbounded">How many resamples had no maximum; they are left out, which makes the intervals too narrow when they are many.</param>
    /// <param name="unit">What is drawn.</param>
    /// <returns>An interval for each model by first appearance; NaN where there is only one of what should be drawn, or no resample had a maximum.</returns>
    public static RatingInterval[] Intervals(IReadOnlyList<Battle> battles, int rounds, ulong seed, out int unbounded, ResampledUnit unit = ResampledUnit.ItemsAndAnnotators)
    {
        string[] models = Battle.Models(battles);
        (int A, int B, double Score)[] votes = [.. battles.Select(b => (Array.IndexOf(models, b.A), Array.IndexOf(models, b.B), b.ScoreOfA))];
        int[][] clusters = Clusters(battles, unit, out int[] sizes);
        var generator = new Pcg64(seed);
        List<double>[] values = [.. models.Select(_ => new List<double>())];
        unbounded = 0;
        for (int round = 0; round < rounds && sizes is not ([] or [< 2]); round++)
        {
            int[][] drawn = [.. sizes.Select(size => Draw(size, generator))];
            var counts = new VoteCounts(models);
            for (int i = 0; i < votes.Length; i++)
            {
                int weight = 1;
                for (int c = 0; c < drawn.Length; c++) weight *= drawn[c][clusters[c][i]];
                if (weight > 0) counts.Add(votes[i].A, votes[i].B, votes[i].Score, weight);
            }
            if (BradleyTerry.Fit(counts) is not { } ratings)
            {
                unbounded++;
                continue;
            }
            for (int m = 0; m < models.Length; m++) values[m].Add(ratings[m]);
        }
        return [.. models.Select((model, m) => values[m].Count == 0 ? new RatingInterval(model, double.NaN, double.NaN, double.NaN) : Interval(model, values[m]))];
    }

    /// <summary>Which cluster each vote belongs to, for each kind that is drawn; a kind with one cluster cannot be drawn and is left out unless it is the only one.</summary>
    static int[][] Clusters(IReadOnlyList<Battle> battles, ResampledUnit unit, out int[] sizes)
    {
        Func<Battle, string?>[] keys = unit switch
        {
            ResampledUnit.Votes => [_ => null],
            ResampledUnit.Items => [b => b.Item],
            ResampledUnit.Annotators => [b => b.Annotator],
            _ => [b => b.Item, b => b.Annotator],
        };
        (int[] Of, int Count)[] kinds = [.. keys.Select(key => Numbered(battles, key))];
        if (kinds.Length > 1) kinds = [.. kinds.Where(kind => kind.Count > 1)];
        sizes = [.. kinds.Select(kind => kind.Count)];
        return [.. kinds.Select(kind => kind.Of)];
    }

    static RatingInterval Interval(string model, List<double> values)
    {
        values.Sort();
        double[] sorted = [.. values];
        return new(model, Percentile.Of(sorted, 2.5), Percentile.Of(sorted, 50), Percentile.Of(sorted, 97.5));
    }

    /// <summary>How often each of n was drawn in n draws.</summary>
    static int[] Draw(int n, Pcg64 generator)
    {
        int[] drawn = new int[n], times = new int[n];
        generator.FillIndices(n, drawn);
        foreach (int index in drawn) times[index]++;
        return times;
    }

    static (int[] Of, int Count) Numbered(IReadOnlyList<Battle> battles, Func<Battle, string?> key)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] result = [.. battles.Select((b, i) => key(b) is { } name ? "n" + name : "i" + i).Select(k => numbers.TryGetValue(k, out int n) ? n : numbers[k] = numbers.Count)];
        return (result, numbers.Count);
    }
}
