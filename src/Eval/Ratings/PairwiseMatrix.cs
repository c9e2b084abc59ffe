using Juxta.Eval.Proportions;

namespace Juxta.Eval.Ratings;

/// <summary>How every model did against every other.</summary>
public sealed class PairwiseMatrix
{
    readonly WinRate[,] _cells;

    PairwiseMatrix(string[] models)
    {
        Models = models;
        _cells = new WinRate[models.Length, models.Length];
    }

    public IReadOnlyList<string> Models { get; }

    /// <summary>Wins, losses and ties of one model against another, by index; all 0 where they never met.</summary>
    public WinRate this[int model, int opponent] => _cells[model, opponent];

    /// <param name="battles">The votes.</param>
    /// <param name="models">Rows and columns in this order; null = by first appearance.</param>
    public static PairwiseMatrix Of(IReadOnlyList<Battle> battles, IReadOnlyList<string>? models = null)
    {
        var matrix = new PairwiseMatrix([.. models ?? Battle.Models(battles)]);
        Dictionary<string, int> index = matrix.Models.Select((model, i) => (model, i)).ToDictionary(m => m.model, m => m.i, StringComparer.Ordinal);
        int n = matrix.Models.Count;
        var wins = new int[n, n];
        var ties = new int[n, n];
        foreach (Battle battle in battles)
        {
            if (!index.TryGetValue(battle.A, out int a) || !index.TryGetValue(battle.B, out int b) || a == b) continue;
            if (battle.Verdict == Verdict.A) wins[a, b]++;
            else if (battle.Verdict == Verdict.B) wins[b, a]++;
            else ties[a, b] = ++ties[b, a];
        }
        for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) matrix._cells[i, j] = new WinRate(wins[i, j], wins[j, i], ties[i, j]);
        return matrix;
    }

    /// <summary>Wilson's 95 % interval of the share of decided votes that the model won; null where there are none.</summary>
    public ProportionInterval? Interval(int model, int opponent) =>
        _cells[model, opponent] is var cell && cell.Wins + cell.Losses > 0 ? ProportionInterval.Wilson(cell.Wins, cell.Wins + cell.Losses) : null;

    /// <summary>Unweighted mean over opponents of the share of decided votes won, pairs without any passed over (FastChat's average win rate); NaN without any.</summary>
    public double AverageOfDecided(int model)
    {
        double[] shares = [.. Enumerable.Range(0, Models.Count).Select(other => _cells[model, other]).Where(cell => cell.Wins + cell.Losses > 0).Select(cell => cell.OfDecided)];
        return shares.Length > 0 ? shares.Average() : double.NaN;
    }
}
