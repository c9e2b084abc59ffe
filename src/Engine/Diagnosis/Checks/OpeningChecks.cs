namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>What shows only when the whole model is opened and computes.</summary>
internal static class OpeningChecks
{
    public static IEnumerable<Symptom> TooLarge(Patient patient)
    {
        if (patient.Answers.TooLarge)
            yield return new(
                $"the weights take {patient.Weights.Value!.TotalBytes / 1e9:0.0} GB, this machine has {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0.0} GB of memory; it was not asked whether it stops",
                "Use a smaller checkpoint or a larger machine.");
    }

    public static IEnumerable<Symptom> Unusable(Patient patient)
    {
        if (patient.Answers.Refusal is { } refusal) yield return new(refusal, "See the message.");
    }

    public static IEnumerable<Symptom> LogitsNotFinite(Patient patient)
    {
        if (patient.Answers.NotFinite)
            yield return new(
                "every weight is finite, but logits after a short prompt are NaN: activations overflow",
                "Weights are far too large, or norms are damaged: compare them with an earlier checkpoint.");
    }
}
