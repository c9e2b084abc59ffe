using Juxta.Engine.Weights;

namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>The numbers themselves.</summary>
internal static class ValueChecks
{
    public static IEnumerable<Symptom> NotFinite(Patient patient)
    {
        string[] bad = [.. patient.Values.Where(tensor => !tensor.Finite).Select(Describe)];
        if (bad.Length > 0)
            yield return new(
                $"{bad.Length} of {patient.Values.Count} tensors: {NameList.Join(bad, "; ")}",
                "The training diverged, or float16 overflowed on saving. Go back to an earlier checkpoint; train in bfloat16 or with a lower learning rate.");
    }

    /// <summary>Vectors may be zero: biases that were never trained, Gemma's norms.</summary>
    public static IEnumerable<Symptom> AllZero(Patient patient)
    {
        string[] zero = [.. patient.Values.Where(tensor => tensor.AllZero && tensor.Type.IsFloat() && tensor.Shape.Length > 1).Select(tensor => tensor.Name)];
        if (zero.Length > 0)
            yield return new(
                $"{zero.Length} of {patient.Values.Count} tensors: {NameList.Join(zero)}",
                "The file was saved before its weights were gathered (DeepSpeed ZeRO-3, FSDP), or a conversion lost them. Save or convert again.");
    }

    public static string Describe(TensorHealth tensor) => $"{tensor.Name} has {tensor.NotFinite} NaN or infinite numbers";
}
