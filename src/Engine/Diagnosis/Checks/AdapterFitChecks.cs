using Juxta.Engine.Weights;

namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>An adapter over its base: whether it fits, acts, and is whole.</summary>
internal static class AdapterFitChecks
{
    public static IEnumerable<Symptom> WrongBase(Patient patient)
    {
        if (patient.Bound.Fault == ModelFault.AnotherBase)
            yield return new(
                patient.Bound.Refusal!,
                patient.Adapter.Value?.Config.TrainedOn is { Length: > 0 } trainedOn ? $"Give the base that it was trained on: {trainedOn}." : "Give the base that it was trained on.");
    }

    public static IEnumerable<Symptom> DoesNotFit(Patient patient)
    {
        if (patient.Bound is { Refused: true, Fault: not (ModelFault.AnotherBase or ModelFault.NoEffect or ModelFault.UnsupportedAdapter) })
            yield return new(patient.Bound.Refusal!, "Config and tensors are of different saves, or the file was edited: save the adapter again.");
    }

    public static IEnumerable<Symptom> NoEffect(Patient patient)
    {
        const string Remedy = "Take a checkpoint saved after the first step of training, and check that the training's parameters were the adapter's.";
        if (patient.Bound.Fault == ModelFault.NoEffect) yield return new(patient.Bound.Refusal!, Remedy);
        else if (patient.Answers.Receipt is { ProbeMaxLogitDifference: 0 } && patient.Bound.Value!.Vocabulary is null) yield return new("its weights differ from the base's, but no logit of a fixed text changes", Remedy);
    }

    public static IEnumerable<Symptom> PartlyIdle(Patient patient)
    {
        if (patient.Bound.Value?.Receipt is { IdleModules.Count: > 0 } receipt)
            yield return new($"{receipt.IdleModules.Count} of {receipt.Modules.Count} modules stay as they are, their lora_B is zero: {NameList.Join(receipt.IdleModules)}", "Check that the training reached them: frozen layers, or target_modules that the model never calls.");
    }

    public static IEnumerable<Symptom> Unused(Patient patient)
    {
        if (patient.Bound.Value?.Receipt is { UnusedTensors.Count: > 0 } receipt)
            yield return new(
                $"{receipt.UnusedTensors.Count} tensors would be ignored: {NameList.Join(receipt.UnusedTensors)}",
                "The adapter was trained on another version of the base (more layers, biases, other names). Give that base.");
    }

    public static IEnumerable<Symptom> Missing(Patient patient)
    {
        if (patient.Bound.Value?.Receipt is { MissingModules.Count: > 0 } receipt)
            yield return new(
                $"{receipt.MissingModules.Count} modules that adapter_config.json names have no tensors: {NameList.Join(receipt.MissingModules)}",
                "The file was saved in part, or the config was edited: save the adapter again.");
    }
}
