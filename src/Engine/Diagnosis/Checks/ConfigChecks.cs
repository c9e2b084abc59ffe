namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>config.json and generation_config.json: readable, of a known family, with values that make a model.</summary>
internal static class ConfigChecks
{
    public static IEnumerable<Symptom> Unusable(Patient patient)
    {
        if ((patient.Config.Refusal ?? patient.Survey.Refusal ?? patient.ReadStops.Refusal) is { } refusal)
            yield return new(refusal, "Restore config.json from the checkpoint's repository, or correct the value that is named. If the message says that something is not supported, the checkpoint needs another program.");
        else if (patient.Family.Refused && patient.Family.Fault != ModelFault.UnknownFamily)
            yield return new(patient.Family.Refusal!, "Restore config.json from the checkpoint's repository.");
    }

    public static IEnumerable<Symptom> UnknownFamily(Patient patient)
    {
        if (patient.Family.Fault == ModelFault.UnknownFamily)
            yield return new(patient.Family.Refusal!, "If model_type or architectures were edited, restore them. Otherwise the model needs a family of its own here.");
    }

    public static IEnumerable<Symptom> GenerationUnusable(Patient patient)
    {
        if (patient.Generation.Refusal is { } refusal)
            yield return new(refusal, "Correct the value that is named, or restore generation_config.json from the checkpoint's repository.");
    }
}
