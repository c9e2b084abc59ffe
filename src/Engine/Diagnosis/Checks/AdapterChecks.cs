using Juxta.Engine.Weights;

namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>An adapter folder by itself.</summary>
internal static class AdapterChecks
{
    public static IEnumerable<Symptom> Unusable(Patient patient)
    {
        if (patient.Adapter is { Refused: true, Fault: not ModelFault.UnsupportedAdapter })
            yield return new(patient.Adapter.Refusal!, "Save the adapter again with PEFT's save_pretrained, or copy it again from the training's folder.");
    }

    public static IEnumerable<Symptom> Unsupported(Patient patient)
    {
        string? refusal = patient.Adapter.Fault == ModelFault.UnsupportedAdapter ? patient.Adapter.Refusal : patient.Bound.Fault == ModelFault.UnsupportedAdapter ? patient.Bound.Refusal : null;
        if (refusal is not null)
            yield return new(refusal, "Merge it into its base with the program that trained it and give the merged model, or train a plain LoRA.");
    }

    public static IEnumerable<Symptom> NotFinite(Patient patient)
    {
        string[] bad = [.. patient.AdapterValues.Where(tensor => !tensor.Finite).Select(ValueChecks.Describe)];
        if (bad.Length > 0)
            yield return new($"{bad.Length} of {patient.AdapterValues.Count} tensors: {NameList.Join(bad, "; ")}", "The training diverged: go back to an earlier checkpoint, or train with a lower learning rate.");
    }

    public static IEnumerable<Symptom> UnknownSetting(Patient patient)
    {
        foreach (string warning in patient.Adapter.Value?.Config.Warnings ?? []) yield return new(warning, "If the setting changes what the adapter computes, merge it with the program that trained it.");
    }
}
