using Juxta.Eval.Proportions;
using Juxta.Eval.Ratings;

namespace Juxta.Cli.Commands;

/// <summary>A model's rating as it is printed; no values where no maximum exists.</summary>
internal sealed record ModelRating(string Model, double? Rating, double? Low, double? High, int Votes);

/// <summary>Elo's number for a model.</summary>
internal sealed record EloRating(string Model, double Rating);

/// <summary>The ratings at the end of a day.</summary>
internal sealed record DayRatings(DateOnly Day, int Votes, string? Unbounded, IReadOnlyList<ModelRating> Models);

/// <summary>What <c>juxta rate fit</c> prints. <c>models</c> (and <c>unbounded</c> where no maximum exists) always, the rest where asked for.</summary>
internal sealed record RateFitReport(string? Unbounded, IReadOnlyList<ModelRating> Models, PairwiseMatrix? Matrix, IReadOnlyList<EloRating>? Elo, IReadOnlyList<DayRatings>? Days)
{
    public object Json()
    {
        var document = new Dictionary<string, object>();
        if (Unbounded is not null) document["unbounded"] = Unbounded;
        document["models"] = Models;
        if (Matrix is not null) document["matrix"] = Cells().Select(c => new { model = c.Model, opponent = c.Opponent, wins = c.Rate.Wins, losses = c.Rate.Losses, ties = c.Rate.Ties, share_of_decided = RateNumbers.Shown(c.Rate.OfDecided), low = c.Interval?.Low, high = c.Interval?.High });
        if (Elo is not null) document["elo"] = Elo;
        if (Days is not null) document["days"] = Days.Select(day => day.Unbounded is null ? (object)new { day.Day, day.Votes, day.Models } : new { day.Day, day.Votes, day.Unbounded, day.Models });
        return document;
    }

    IEnumerable<(string Model, string Opponent, WinRate Rate, ProportionInterval? Interval)> Cells() =>
        from i in Enumerable.Range(0, Matrix!.Models.Count)
        from j in Enumerable.Range(0, Matrix.Models.Count)
        where i != j && Matrix[i, j].Total > 0
        select (Matrix.Models[i], Matrix.Models[j], Matrix[i, j], Matrix.Interval(i, j));

    public void Print()
    {
        if (Unbounded is not null) Terminal.WriteLine($"unbounded: {Unbounded}. No rating fits best; collect votes between the models concerned.");
        else Ratings(Models).Write(Terminal.Out);
        if (Matrix is not null) AsTable(Matrix).Write(Terminal.Out);
        if (Elo is not null)
        {
            var table = new DataTable("model", "Elo");
            foreach (EloRating rating in Elo) table.Add(rating.Model, RateNumbers.Text($"{rating.Rating:F1}"));
            table.Write(Terminal.Out);
        }
        foreach (DayRatings day in Days ?? [])
        {
            Terminal.WriteLine(RateNumbers.Text($"{day.Day:yyyy-MM-dd}, {day.Votes} votes until then{(day.Unbounded is null ? "" : $": unbounded, {day.Unbounded}")}"));
            if (day.Unbounded is null) Ratings(day.Models).Write(Terminal.Out);
        }
    }

    static DataTable Ratings(IReadOnlyList<ModelRating> models)
    {
        var table = new DataTable("model", "rating", "95 % interval", "votes");
        foreach (ModelRating m in models) table.Add(m.Model, RateNumbers.Text($"{m.Rating:F1}"), RateNumbers.Text($"{m.Low:F1} to {m.High:F1}"), RateNumbers.Text($"{m.Votes}"));
        return table;
    }

    /// <summary>Share of decided votes that the row won against the column.</summary>
    static DataTable AsTable(PairwiseMatrix matrix)
    {
        var table = new DataTable(["row against column", .. matrix.Models]);
        for (int i = 0; i < matrix.Models.Count; i++)
        {
            int row = i;
            table.Add([matrix.Models[i], .. Enumerable.Range(0, matrix.Models.Count).Select(j => matrix[row, j] is { Total: > 0 } cell ? new DataCell(RateNumbers.Text($"{RateNumbers.Percent(cell.OfDecided)} of {cell.Wins + cell.Losses}"), RateNumbers.Text($"{cell.Ties} ties")) : "")]);
        }
        return table;
    }
}
