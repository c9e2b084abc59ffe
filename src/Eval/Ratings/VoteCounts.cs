namespace Juxta.Eval.Ratings;

/// <summary>Weighted wins of each model over each other, a tie being half a win for both: all that Bradley–Terry needs to know of the votes.</summary>
internal sealed class VoteCounts
{
    public VoteCounts(string[] models)
    {
        Models = models;
        Wins = new double[models.Length, models.Length];
    }

    public VoteCounts(IEnumerable<Battle> battles, string[] models) : this(models)
    {
        var index = models.Select((model, i) => (model, i)).ToDictionary(m => m.model, m => m.i, StringComparer.Ordinal);
        foreach (Battle battle in battles) Add(index[battle.A], index[battle.B], battle.ScoreOfA, 1);
    }

    /// <summary>A vote on two models by index.</summary>
    public void Add(int a, int b, double scoreOfA, double weight)
    {
        if (a == b) return; // a model against itself says nothing
        Wins[a, b] += weight * scoreOfA;
        Wins[b, a] += weight * (1 - scoreOfA);
    }

    public string[] Models { get; }

    /// <summary>[i, j]: wins of i over j.</summary>
    public double[,] Wins { get; }

    public int Count => Models.Length;

    /// <summary>
    /// Why no maximum of the likelihood exists, or null where one does: it does exactly if from every model every other can be reached by steps to a model
    /// that it beat or tied with (Ford 1957).
    /// </summary>
    public string? Unbounded()
    {
        if (Count < 2) return "fewer than two models have votes";
        bool[] down = Reached((from, to) => Wins[from, to] > 0), up = Reached((from, to) => Wins[to, from] > 0);
        int apart = Array.FindIndex(down.Zip(up, (d, u) => d || u).ToArray(), reached => !reached);
        if (apart >= 0) return $"no chain of votes links {Models[apart]} and {Models[0]}, so their strengths cannot be compared";
        int below = Array.IndexOf(up, false), above = Array.IndexOf(down, false);
        if (below >= 0) return $"{Names(up)} never won or tied against the other models, so no rating is low enough";
        return above >= 0 ? $"{Names(down)} never lost or tied against the other models, so no rating is high enough" : null;
    }

    string Names(bool[] reached) => string.Join(", ", Models.Where((_, i) => !reached[i]));

    /// <summary>What can be reached from the first model.</summary>
    bool[] Reached(Func<int, int, bool> step)
    {
        var reached = new bool[Count];
        var open = new Stack<int>([0]);
        reached[0] = true;
        while (open.TryPop(out int from))
        {
            for (int to = 0; to < Count; to++)
            {
                if (reached[to] || !step(from, to)) continue;
                reached[to] = true;
                open.Push(to);
            }
        }
        return reached;
    }
}
