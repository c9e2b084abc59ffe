using Juxta.Eval.Significance;

namespace Juxta.Eval.Ratings;

/// <summary>
/// Elo's rating, updated vote by vote in time order, with FastChat's defaults. It depends on the order: for display; conclusions come from
/// <see cref="BradleyTerry"/>.
/// </summary>
public sealed record Elo(double K = 4, double Base = 10, double Scale = 400, double Start = 1000)
{
    public Dictionary<string, double> Rate(IEnumerable<Battle> battles)
    {
        var ratings = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (Battle battle in battles)
        {
            double a = ratings.GetValueOrDefault(battle.A, Start), b = ratings.GetValueOrDefault(battle.B, Start);
            double expected = 1 / (1 + Math.Pow(Base, (b - a) / Scale)), change = K * (battle.ScoreOfA - expected);
            ratings[battle.A] = a + change;
            ratings[battle.B] = b - change;
        }
        return ratings;
    }

    /// <summary>
    /// 2.5 %, median and 97.5 % of each model's rating over resampled sequences of votes, with the draws of FastChat's
    /// (<c>np.random.seed(seed)</c>, a column per round).
    /// </summary>
    public Dictionary<string, (double Low, double Median, double High)> Bootstrap(IReadOnlyList<Battle> battles, int rounds = 100, uint seed = 42)
    {
        var indices = new int[battles.Count * rounds];
        new MersenneTwister(seed).FillIndices(battles.Count, indices);
        Dictionary<string, List<double>> ratings = Battle.Models(battles).ToDictionary(m => m, _ => new List<double>(), StringComparer.Ordinal);
        for (int round = 0; round < rounds; round++)
        {
            int column = round;
            foreach ((string model, double rating) in Rate(Enumerable.Range(0, battles.Count).Select(i => battles[indices[i * rounds + column]]))) ratings[model].Add(rating);
        }
        return ratings.Where(r => r.Value.Count > 0).ToDictionary(r => r.Key, r =>
        {
            double[] sorted = [.. r.Value.Order()];
            return (Percentile.Of(sorted, 2.5), Percentile.Of(sorted, 50), Percentile.Of(sorted, 97.5));
        });
    }
}
