using Juxta.Engine.Lora;
using Juxta.Engine.Models;

namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>What one row of the head looks like beside the others: rows of tokens that never occurred in training keep their first values.</summary>
internal static class HeadRow
{
    /// <summary>Rows that the median is taken of.</summary>
    const int Sampled = 2048;

    /// <summary>The module that scores the vocabulary.</summary>
    public static AdaptableModule? Head(ModuleTable modules)
    {
        AdaptableModule? embedding = modules.Modules.FirstOrDefault(module => module.Kind == ModuleKind.Embedding);
        return modules.Modules.FirstOrDefault(module => module.TiedTo is not null)
            ?? modules.Modules.LastOrDefault(module => module.Kind == ModuleKind.Linear && embedding is not null && module.Rows == embedding.Rows && module.Columns == embedding.Columns);
    }

    /// <summary>Why a row seems never to have been trained; null where it looks like the others.</summary>
    public static string? Untrained(ModelSurvey survey, int id)
    {
        if (Head(survey.Modules) is not { } head || id >= head.Rows) return null;
        float[] row = Read(head, id);
        double norm = Norm(row);
        if (norm == 0) return "its row is zero";
        int[] sample = [.. Enumerable.Range(0, Math.Min(Sampled, head.Rows)).Select(i => (int)((long)i * head.Rows / Math.Min(Sampled, head.Rows))).Where(other => other != id)];
        int near = sample.FirstOrDefault(other => Read(head, other).AsSpan().SequenceEqual(row), -1);
        if (near >= 0) return $"its row is the same as that of token {near}";
        double median = sample.Select(other => Norm(Read(head, other))).Order().ElementAt(sample.Length / 2);
        return norm < median / 2 ? FormattableString.Invariant($"its row is much shorter than others (norm {norm:0.###}, median {median:0.###})") : null;
    }

    static float[] Read(AdaptableModule head, int row)
    {
        var values = new float[head.Columns];
        head.ReadRow(row, values);
        return values;
    }

    static double Norm(float[] values) => Math.Sqrt(LowRank.Dot(values, values));
}
