using Juxta.Engine;
using Juxta.Engine.Weights.Packed;

namespace Juxta.Cli.Bench.Targets;

/// <summary>What <c>bench --targets</c> measures.</summary>
internal static class TargetTable
{
    /// <summary>What can be measured alone, in the order of the table; all but the first of a model.</summary>
    public static readonly string[] Groups = ["tokenizer", "load", "adapters", "second_turn", "sampling"];

    /// <summary>Everything that depends on a checkpoint and how its weights are kept.</summary>
    /// <param name="wanted">Of <see cref="Groups"/>.</param>
    public static async Task<IReadOnlyList<Target>> OfModelAsync(
        string folder, WeightStorage? storage, IReadOnlyCollection<string> wanted, int tokens, int threads, int runs, CancellationToken cancel)
    {
        if (!Groups[1..].Any(wanted.Contains)) return [];
        // Before the model is open: the measurement opens it by itself.
        List<Target> targets = Begins("load") ? [.. await LoadTime.MeasureAsync(folder, storage, threads, runs)] : [];
        using LanguageModel model = LanguageModel.Open(folder, threads, weights: storage, packed: PackedFolder.None);
        await using var engine = new InferenceEngine(model, new EngineOptions { Threads = threads, MaxSequences = 2, CacheTokens = CacheTokens(model, tokens, runs) });
        if (Begins("adapters")) targets.AddRange(await AdapterCost.MeasureAsync(engine, tokens, threads, runs, cancel));
        if (Begins("second_turn") && await new SecondTurn(engine, cancel).MeasureAsync(threads, runs) is { } turn) targets.Add(turn);
        if (Begins("sampling")) targets.AddRange(await SamplingShare.MeasureAsync(engine, tokens, threads, runs, cancel));
        string weights = model.Rounding?.Name ?? model.Description.WeightType;
        return [.. targets.Select(target => target with { Weights = weights })];

        bool Begins(string group)
        {
            if (!wanted.Contains(group)) return false;
            if (!Console.IsErrorRedirected) Console.Error.WriteLine($"measuring {group.Replace('_', ' ')} …");
            return true;
        }
    }

    /// <summary>What came out beside its target, and of what.</summary>
    public static void Print(IReadOnlyList<Target> targets)
    {
        var table = new DataTable("what", "weights", "measured", "target", "verdict") { Words = ["weights", "verdict"] };
        foreach (Target target in targets)
        {
            string memory = target.MemoryGigabytesPerSecond is { } gigabytes ? $"; memory gives {gigabytes:0.0} GB/s" : "";
            table.Add(
                new DataCell(target.Title, target.Detail + memory), target.Weights ?? "", Shown(target, target.Value), $"{(target.AtMost ? "≤" : "≥")} {Shown(target, target.Bound)}",
                new DataCell(target.Met ? "met" : "missed", Style: target.Met ? "green" : "red"));
        }
        table.Write(Terminal.Out);
    }

    /// <summary>Tokens that the cache must hold: answers, and the conversations of all runs, whose beginnings are kept.</summary>
    static int CacheTokens(LanguageModel model, int tokens, int runs) => (4 * (tokens + 64)) + ((runs + 2) * SecondTurn.CacheTokens(model.Description.ContextLength));

    static string Shown(Target target, double value) => target.Bound < 1 ? $"{value:P1}" : target.AtMost ? $"{value:0.00} ×" : $"{value:0.0}";
}
