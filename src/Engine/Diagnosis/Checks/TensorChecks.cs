using Juxta.Engine.Weights;

namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>The tensors in the files against those that config.json asks for.</summary>
internal static class TensorChecks
{
    const string Belong = "Check that config.json and the weights are of the same model and the same save.";

    public static IEnumerable<Symptom> Missing(Patient patient) => Told(patient, TensorFault.Missing,
        $"{Belong} A checkpoint saved under DeepSpeed ZeRO-3 or FSDP without gathering its weights lacks tensors too: save it again with them gathered.");

    public static IEnumerable<Symptom> Misshapen(Patient patient) => Told(patient, TensorFault.Shape, Belong);

    public static IEnumerable<Symptom> Unused(Patient patient)
    {
        if (patient.Sound && patient.Weights.Value!.Unused() is { Count: > 0 } unused)
            yield return new(
                $"{unused.Count} tensors of the files were left out: {NameList.Join(unused)}",
                "If they are layers, config.json counts too few of them (num_hidden_layers). If they are a head of another task or an optimiser's state, nothing is wrong.");
    }

    static IEnumerable<Symptom> Told(Patient patient, TensorFault fault, string remedy)
    {
        if (patient.Survey.Value is null) yield break;
        string[] problems = [.. patient.Weights.Value!.Problems.Where(problem => problem.Fault == fault && !VocabularyChecks.IsVocabulary(problem, patient)).Select(problem => problem.ToString())];
        if (problems.Length > 0) yield return new($"{problems.Length} of {patient.Weights.Value.Names.Count} tensors: {NameList.Join(problems, "; ")}", remedy);
    }
}
