using Juxta.Eval.Agreement;
using Juxta.Eval.Ratings;

namespace Juxta.Eval.Simulation;

/// <summary>How a kind of interval did over many worlds.</summary>
/// <param name="Interval">wald, votes, items, annotators or items and annotators.</param>
/// <param name="Covered">How often the interval of a model held its true rating.</param>
/// <param name="MeanWidth">In points.</param>
public sealed record Coverage(string Interval, CountedShare Covered, double MeanWidth);

/// <summary>Whether ratings recover known strengths, and how often their 95 % intervals hold the truth.</summary>
/// <param name="Bias">Mean of rating less truth over worlds, for each model, in points.</param>
/// <param name="RootMeanSquare">Of rating less truth, over worlds and models, in points.</param>
/// <param name="Unbounded">Worlds whose votes had no maximum; left out of everything else.</param>
public sealed record CoverageExperiment(int Worlds, int Unbounded, IReadOnlyList<double> Truth, IReadOnlyList<double> Bias, double RootMeanSquare, IReadOnlyList<Coverage> Intervals)
{
    /// <param name="people">The world.</param>
    /// <param name="worlds">How many are drawn.</param>
    /// <param name="rounds">Resamples of each bootstrap.</param>
    /// <param name="seed">World i has the seed seed + i.</param>
    /// <param name="done">Told of each world that is drawn.</param>
    public static CoverageExperiment Run(SimulatedPeople people, int worlds, int rounds, ulong seed, Action<int>? done = null)
    {
        IReadOnlyList<double> truth = people.TrueRatings();
        int models = truth.Count, fitted = 0;
        var bias = new double[models];
        double squares = 0;
        (string Name, ResampledUnit? Unit)[] kinds =
        [
            ("wald", null), ("votes", ResampledUnit.Votes), ("items", ResampledUnit.Items), ("annotators", ResampledUnit.Annotators), ("items and annotators", ResampledUnit.ItemsAndAnnotators),
        ];
        kinds = [.. kinds.Where(kind => people.Annotators > 1 || kind.Unit is not ResampledUnit.Annotators)];
        int[] covered = new int[kinds.Length], counted = new int[kinds.Length];
        double[] widths = new double[kinds.Length];
        for (int world = 0; world < worlds; world++)
        {
            Battle[] battles = [.. people.Cast(seed + (ulong)world).Select(vote => vote.Battle!)];
            BradleyTerry fit = BradleyTerry.Fit(battles);
            done?.Invoke(world + 1);
            if (fit.Unbounded is not null || fit.Ratings.Count < models) continue;
            fitted++;
            foreach (Rating rating in fit.Ratings)
            {
                double error = rating.Value - truth[Index(rating.Model)];
                bias[Index(rating.Model)] += error;
                squares += error * error;
            }
            for (int k = 0; k < kinds.Length; k++)
            {
                foreach ((string model, double low, double high) in Ends(kinds[k].Unit, battles, fit, rounds, seed + (ulong)world))
                {
                    double rating = truth[Index(model)];
                    if (low <= rating && rating <= high) covered[k]++;
                    counted[k]++;
                    widths[k] += high - low;
                }
            }
        }
        return new(worlds, worlds - fitted, truth, [.. bias.Select(sum => sum / fitted)], Math.Sqrt(squares / (fitted * models)),
            [.. kinds.Select((kind, k) => new Coverage(kind.Name, new CountedShare(covered[k], counted[k]), widths[k] / counted[k]))]);
    }

    static IEnumerable<(string, double, double)> Ends(ResampledUnit? unit, Battle[] battles, BradleyTerry fit, int rounds, ulong seed) => unit is { } drawn
        ? RatingBootstrap.Intervals(battles, rounds, seed, out _, drawn).Select(i => (i.Model, i.Low, i.High))
        : fit.Ratings.Select(r => (r.Model, r.Low, r.High));

    static int Index(string model) => int.Parse(model.AsSpan("model ".Length), System.Globalization.CultureInfo.InvariantCulture) - 1;
}
