namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>The files that hold the weights: there, whole and readable.</summary>
internal static class WeightFileChecks
{
    const string Again = "Download the named file again (juxta pull goes on where it stopped and checks every hash), or copy it again from where the training saved it.";

    public static IEnumerable<Symptom> Missing(Patient patient) =>
        Of(patient, ModelFault.MissingWeights, "Copy the weights beside config.json: model.safetensors, or its index with all shards. For a folder that holds only an adapter, give the base as the model.");

    public static IEnumerable<Symptom> MissingShard(Patient patient) => Of(patient, ModelFault.MissingShard, Again);

    public static IEnumerable<Symptom> Truncated(Patient patient) => Of(patient, ModelFault.Truncated, Again);

    public static IEnumerable<Symptom> LfsPointer(Patient patient) =>
        Of(patient, ModelFault.LfsPointer, "Run 'git lfs install' and 'git lfs pull' in the folder, or bring the model with juxta pull.");

    public static IEnumerable<Symptom> Damaged(Patient patient)
    {
        if (patient.Weights.Refused && patient.Weights.Fault is not (ModelFault.MissingWeights or ModelFault.MissingShard or ModelFault.Truncated or ModelFault.LfsPointer))
            yield return new(patient.Weights.Refusal!, "Download the weights again, or save them again as safetensors.");
    }

    static IEnumerable<Symptom> Of(Patient patient, ModelFault fault, string remedy)
    {
        if (patient.Weights.Refused && patient.Weights.Fault == fault) yield return new(patient.Weights.Refusal!, remedy);
    }
}
