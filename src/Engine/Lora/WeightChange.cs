using System.Runtime.CompilerServices;
using Juxta.Engine.Models;

namespace Juxta.Engine.Lora;

/// <summary>
/// The weight that an adapter makes of a base weight, row by row: W' or W, plus ΔW, rescaled by DoRA, single rows replaced. Only its norms and DoRA's
/// gains are computed here; the matrix itself is never formed.
/// </summary>
internal sealed class WeightChange
{
    /// <summary>‖W‖_F of base modules: every adapter of a model asks for the same ones.</summary>
    static readonly ConditionalWeakTable<AdaptableModule, StrongBox<double>> BaseNorms = [];

    public required AdaptableModule Module { get; init; }

    /// <summary>Rows of the changed weight: the base's, or another count where a vocabulary was resized.</summary>
    public required int Rows { get; init; }

    /// <summary>Reads a row of W', or null where the base's weight stays.</summary>
    public RowReader? Replacement { get; init; }

    public LowRank? LowRank { get; init; }

    /// <summary>DoRA's magnitude per row, or null.</summary>
    public float[]? Magnitude { get; init; }

    /// <summary>Rows that are replaced one by one.</summary>
    public IReadOnlyDictionary<int, float[]>? ReplacedRows { get; init; }

    /// <summary>Whether a replacement weight is, bit for bit, the base's: PEFT saves a copy of every embedding it touches.</summary>
    public static bool EqualsBase(AdaptableModule module, int rows, RowReader replacement)
    {
        if (rows != module.Rows) return false;
        int different = 0;
        ForRows(rows, module.Columns, (row, ours, theirs) =>
        {
            if (Volatile.Read(ref different) != 0) return;
            module.ReadRow(row, ours);
            replacement(row, theirs);
            if (!ours.SequenceEqual(theirs)) Volatile.Write(ref different, 1);
        });
        return different == 0;
    }

    public static double BaseNorm(AdaptableModule module) => BaseNorms.GetValue(module, static module =>
    {
        double[] squares = new double[module.Rows];
        ForRows(module.Rows, module.Columns, (row, weights, _) =>
        {
            module.ReadRow(row, weights);
            squares[row] = LowRank.Dot(weights, weights);
        });
        return new StrongBox<double>(Math.Sqrt(squares.Sum()));
    }).Value;

    /// <summary>
    /// ‖changed − base‖_F over all rows, base rows that do not exist counting as zero; and DoRA's gains, magnitude[i]/‖W'[i] + s(BA)[i]‖₂.
    /// </summary>
    public (double Norm, float[]? Gain) Measure()
    {
        bool lowRankOnly = Replacement is null && Magnitude is null && ReplacedRows is null;
        if (lowRankOnly) return (LowRank?.Norm() ?? 0, null);
        double[] squares = new double[Rows];
        float[]? gain = Magnitude is null ? null : new float[Rows];
        if (Replacement is null && LowRank is null && Magnitude is null) ForRows(ReplacedRows!.Keys.ToArray(), MeasureRow);
        else ForRows(Rows, Module.Columns, MeasureRow);
        return (Math.Sqrt(squares.Sum()), gain);

        void MeasureRow(int row, Span<float> changed, Span<float> original)
        {
            if (row < Module.Rows) Module.ReadRow(row, original);
            else original.Clear();
            if (Replacement is { } read) read(row, changed);
            else original.CopyTo(changed);
            LowRank?.AddRow(row, changed);
            if (gain is not null)
            {
                double norm = Math.Sqrt(LowRank.Dot(changed, changed));
                gain[row] = norm > 0 ? (float)(Magnitude![row] / norm) : 0;
                for (int i = 0; i < changed.Length; i++) changed[i] *= gain[row];
            }
            if (ReplacedRows is not null && ReplacedRows.TryGetValue(row, out float[]? replaced)) replaced.CopyTo(changed);
            for (int i = 0; i < changed.Length; i++) changed[i] -= original[i];
            squares[row] = LowRank.Dot(changed, changed);
        }
    }

    delegate void RowAction(int row, Span<float> first, Span<float> second);

    /// <summary>Calls an action for each row, on all processors, with two scratch rows.</summary>
    static void ForRows(int rows, int columns, RowAction action) => Parallel.For(
        0, rows, () => new float[2 * columns], (row, _, scratch) =>
        {
            action(row, scratch.AsSpan(0, columns), scratch.AsSpan(columns));
            return scratch;
        }, _ => { });

    void ForRows(int[] rows, RowAction action) => ForRows(rows.Length, Module.Columns, (i, first, second) => action(rows[i], first, second));
}
