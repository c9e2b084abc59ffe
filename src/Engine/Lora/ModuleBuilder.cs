using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Lora;

/// <summary>Packs the change of one module and measures it.</summary>
internal static unsafe class ModuleBuilder
{
    /// <summary>A DoRA gain this near to 1 is a magnitude that was never trained: two programs' sums of squares differ by as much.</summary>
    const float GainTolerance = 1e-5f;

    /// <param name="factors">How low-rank factors are kept; null = as the file has them.</param>
    /// <returns>The change, its line in the receipt, and whether it acts at all.</returns>
    public static (ModuleDelta Delta, ModuleReceipt Receipt, bool Acts) Build(ModuleFit fit, WorkerPool pool, WeightFormat? factors)
    {
        AdaptableModule module = fit.Module;
        float[]? bias = fit.Bias;
        double biasNorm = bias is null ? 0 : Distance(bias, module.Bias);
        if (module.Kind == ModuleKind.Norm)
        {
            double gainNorm = fit.NormWeight is { } gains ? WeightDistance(module, gains) : 0;
            double change = Math.Sqrt((gainNorm * gainNorm) + (biasNorm * biasNorm));
            var norm = new ModuleDelta { NormWeight = fit.NormWeight, Bias = bias, Norm = change };
            return (norm, Line(fit, norm), change > 0);
        }

        var changed = new WeightChange
        {
            Module = module,
            Rows = fit.Rows,
            Replacement = fit.Replacement is { } weight ? (row, destination) => weight.ReadRow(row, destination) : null,
            LowRank = fit.LowRank,
            Magnitude = fit.Magnitude,
            ReplacedRows = fit.TokenRows,
        };
        (double weightNorm, float[]? gain) = changed.Measure();
        double total = Math.Sqrt((weightNorm * weightNorm) + (biasNorm * biasNorm));
        bool onlyDora = fit is { Replacement: null, TokenRows: null } && gain is not null;
        bool acts = biasNorm > 0 || fit.LoraBias?.AsSpan().ContainsAnyExcept(0f) == true
            || (onlyDora ? fit.LowRank!.IsZero == false || gain!.Any(value => Math.Abs(value - 1) > GainTolerance) : weightNorm > 0);
        ModuleDelta delta = module.Kind == ModuleKind.Embedding ? Embedding(fit, total) : Linear(fit, pool, factors, gain, bias, total);
        return (delta, Line(fit, delta), acts);
    }

    static ModuleDelta Linear(ModuleFit fit, WorkerPool pool, WeightFormat? format, float[]? gain, float[]? bias, double norm)
    {
        PackedMatrix? a = null, b = null, weight = null, rows = null;
        try
        {
            if (fit.Factors is { } factors) (a, b) = (Pack(pool, format, factors.A), Pack(pool, format, factors.B));
            else if (fit.LowRank is { } lowRank)
            {
                a = Pack(pool, format, "lora_A", lowRank.ColumnFactor, lowRank.Rank, lowRank.Columns);
                b = Pack(pool, format, "lora_B", lowRank.RowFactor, lowRank.Rows, lowRank.Rank);
            }
            if (fit.Replacement is { } replacement) weight = PackedMatrix.Pack(pool, replacement);
            if (fit.TokenRows is { } tokens) rows = Pack(pool, null, "token rows", [.. tokens.Values.SelectMany(row => row)], tokens.Count, fit.Module.Columns);
            return new ModuleDelta
            {
                A = a,
                B = b,
                Scale = fit.LowRank?.Scale ?? 0,
                Gain = gain,
                LoraBias = fit.LoraBias,
                Weight = weight,
                Bias = bias,
                ReplacedRowIds = fit.TokenRows is { } ids ? [.. ids.Keys] : null,
                ReplacedRows = rows,
                Norm = norm,
            };
        }
        catch
        {
            a?.Dispose();
            b?.Dispose();
            weight?.Dispose();
            rows?.Dispose();
            throw;
        }
    }

    static ModuleDelta Embedding(ModuleFit fit, double norm) => new()
    {
        EmbeddingA = fit.LowRank?.RowFactor,
        EmbeddingB = fit.LowRank is { } lowRank ? LowRank.Transpose(lowRank.ColumnFactor, lowRank.Rank, lowRank.Columns) : null,
        Scale = fit.LowRank?.Scale ?? 0,
        EmbeddingTable = fit.Replacement?.ToFloats(),
        EmbeddingRows = fit.TokenRows,
        Norm = norm,
    };

    static ModuleReceipt Line(ModuleFit fit, ModuleDelta delta)
    {
        List<string> changes = [];
        if (fit.Magnitude is not null) changes.Add("dora");
        else if (fit.LowRank is not null) changes.Add("lora");
        if (fit.Replacement is not null || fit.NormWeight is not null) changes.Add("replaced");
        if (delta.Bias is not null || fit.LoraBias is not null) changes.Add("bias");
        if (fit.TokenRows is not null) changes.Add("rows");
        return new ModuleReceipt(fit.Module.Path, string.Join(" + ", changes), fit.LowRank?.Rank ?? 0, fit.LowRank?.Scale ?? 1, delta.Norm, WeightChange.BaseNorm(fit.Module));
    }

    static PackedMatrix Pack(WorkerPool pool, WeightFormat? format, string name, float[] values, int rows, int columns)
    {
        fixed (float* data = values) return Pack(pool, format, new TensorView(name, DType.F32, [rows, columns], (byte*)data));
    }

    static PackedMatrix Pack(WorkerPool pool, WeightFormat? format, TensorView tensor) => format is null ? PackedMatrix.Pack(pool, tensor) : PackedMatrix.Pack(pool, format, tensor);

    static double WeightDistance(AdaptableModule norm, float[] gains)
    {
        var original = new float[gains.Length];
        for (int i = 0; i < gains.Length; i++) norm.ReadRow(i, original.AsSpan(i, 1));
        return Distance(gains, original);
    }

    static double Distance(float[] values, float[]? original)
    {
        double square = 0;
        for (int i = 0; i < values.Length; i++) square += Math.Pow((double)values[i] - (original?[i] ?? 0), 2);
        return Math.Sqrt(square);
    }
}
