using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Eval.Significance;

namespace Juxta.Eval.Simulation;

/// <summary>
/// A world in which the strengths are known. A vote on A against B is decided by the strengths' difference in logits, plus what the item is like for each model,
/// plus the annotator's own taste for each model (both normal, drawn once for a world), plus a push towards the left side.
/// </summary>
/// <param name="Strengths">Of the models, in logits.</param>
public sealed record SimulatedPeople(IReadOnlyList<double> Strengths)
{
    /// <summary>Prompts; each gets one pair of models.</summary>
    public int Items { get; init; } = 150;

    public int Annotators { get; init; } = 12;

    /// <summary>Different annotators who judge each item.</summary>
    public int VotesPerItem { get; init; } = 2;

    /// <summary>Standard deviation over items of a model's strength, in logits; 0 = items do not matter.</summary>
    public double ItemSpread { get; init; }

    /// <summary>Standard deviation over annotators of a model's strength, in logits; 0 = people do not differ.</summary>
    public double AnnotatorSpread { get; init; }

    /// <summary>Share of ties, whatever the models.</summary>
    public double Ties { get; init; }

    /// <summary>Added to the left answer, in logits.</summary>
    public double LeftBias { get; init; }

    /// <summary>The votes of one world; sides are drawn evenly.</summary>
    public IReadOnlyList<Vote> Cast(ulong seed)
    {
        var random = new Pcg64(seed);
        double[][] people = [.. Enumerable.Range(0, Annotators).Select(_ => Spread(random, AnnotatorSpread))];
        int[] order = [.. Enumerable.Range(0, Annotators)];
        var votes = new List<Vote>(Items * VotesPerItem);
        for (int item = 0; item < Items; item++)
        {
            double[] suits = Spread(random, ItemSpread);
            int a = Below(random, Strengths.Count), b = (a + 1 + Below(random, Strengths.Count - 1)) % Strengths.Count;
            for (int turn = 0; turn < VotesPerItem; turn++)
            {
                int drawn = turn + Below(random, Annotators - turn), person = order[drawn];
                (order[turn], order[drawn]) = (person, order[turn]);
                bool left = Below(random, 2) == 0;
                double[] taste = people[person];
                double difference = Strengths[a] + suits[a] + taste[a] - Strengths[b] - suits[b] - taste[b] + (left ? LeftBias : -LeftBias);
                Verdict verdict = random.NextDouble() < Ties ? Verdict.Tie : random.NextDouble() < Logistic(difference) ? Verdict.A : Verdict.B;
                votes.Add(new Vote(Name(a), Name(b), verdict) { Item = $"item {item}", Annotator = $"annotator {person}", ALeft = left });
            }
        }
        return votes;
    }

    public static string Name(int model) => $"model {model + 1}";

    /// <summary>
    /// The ratings that endless votes of ever new people on ever new items would give: the fit to the expected scores of all pairs alike. Spread and ties pull
    /// chances towards a half, so these lie closer together than the strengths.
    /// </summary>
    public IReadOnlyList<double> TrueRatings()
    {
        var counts = new VoteCounts([.. Enumerable.Range(0, Strengths.Count).Select(Name)]);
        for (int a = 0; a < Strengths.Count; a++)
            for (int b = 0; b < a; b++)
                counts.Add(a, b, Ties / 2 + (1 - Ties) * Chance(Strengths[a] - Strengths[b]), 1);
        return BradleyTerry.Fit(counts) ?? throw new ArgumentException("strengths so far apart that chances are 0 or 1 have no ratings", nameof(Strengths));
    }

    /// <summary>The chance of the better one over all items, people and sides: the mean over the normal spread, in steps of equal probability.</summary>
    double Chance(double difference)
    {
        const int steps = 2000;
        double spread = Math.Sqrt(2 * (ItemSpread * ItemSpread + AnnotatorSpread * AnnotatorSpread)), sum = 0;
        for (int i = 0; i < steps; i++)
        {
            double away = spread == 0 ? 0 : spread * Proportions.SpecialFunctions.NormalQuantile((i + 0.5) / steps);
            sum += (Logistic(difference + away + LeftBias) + Logistic(difference + away - LeftBias)) / 2;
            if (spread == 0) return sum;
        }
        return sum / steps;
    }

    static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    double[] Spread(Pcg64 random, double deviation) => [.. Strengths.Select(_ => deviation == 0 ? 0 : deviation * Normal(random))];

    /// <summary>Box and Muller 1958.</summary>
    static double Normal(Pcg64 random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    static int Below(Pcg64 random, int n) => n < 2 ? 0 : (int)(random.NextDouble() * n);
}
