using Juxta.Eval.Significance;

namespace Juxta.Eval.Ratings;

/// <summary>A percentile interval of a rating over resampled votes.</summary>
public sealed record RatingInterval(string Model, double Low, double Median, double High);

/// <summary>
/// Bootstrap intervals of Bradley–Terry ratings that resample items and annotators as wholes (the pigeonhole bootstrap of Owen 2007): a vote weighs as often
/// as its item was drawn times as often as its annotator was. Votes of one person, or on one prompt, hang together; resampling single votes makes intervals
/// too narrow.
/// </summary>
public static class RatingBootstrap
{
    /// <param name="battles">The votes; a missing item or annotator is one of its own.</param>
    /// <param name="unbounded">How many resamples had no maximum; they are left out, which makes the intervals too narrow when they are many.</param>
    public static RatingInterval[] Intervals(IReadOnlyList<Battle> battles, int rounds, ulong seed, out int unbounded)
    {
        string[] models = Battle.Models(battles);
        int[] item = Numbered(battles, b => b.Item, out int items), annotator = Numbered(battles, b => b.Annotator, out int annotators);
        var generator = new Pcg64(seed);
        List<double>[] values = [.. models.Select(_ => new List<double>())];
        unbounded = 0;
        for (int round = 0; round < rounds; round++)
        {
            int[] ofItem = Draw(items, generator), ofAnnotator = annotators == 1 ? [1] : Draw(annotators, generator);
            var votes = battles.Select((b, i) => (b, Weight: (double)ofItem[item[i]] * ofAnnotator[annotator[i]])).Where(v => v.Weight > 0);
            if (BradleyTerry.Fit(new VoteCounts(votes, models)) is not { } ratings)
            {
                unbounded++;
                continue;
            }
            for (int m = 0; m < models.Length; m++) values[m].Add(ratings[m]);
        }
        return [.. models.Select((model, m) => values[m].Count == 0 ? new RatingInterval(model, double.NaN, double.NaN, double.NaN) : Interval(model, values[m]))];
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

    static int[] Numbered(IReadOnlyList<Battle> battles, Func<Battle, string?> key, out int count)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] result = [.. battles.Select((b, i) => key(b) is { } name ? "n" + name : "i" + i).Select(k => numbers.TryGetValue(k, out int n) ? n : numbers[k] = numbers.Count)];
        count = numbers.Count;
        return result;
    }
}
