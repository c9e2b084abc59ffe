using Juxta.Engine.Memory;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>Types of the stored numbers. The file decides what a model computes with; config.json's torch_dtype is a hint that other programs convert to.</summary>
internal static class DTypeChecks
{
    static readonly Dictionary<string, DType> Hints = new(StringComparer.Ordinal)
    {
        ["float32"] = DType.F32, ["float"] = DType.F32, ["float16"] = DType.F16, ["half"] = DType.F16, ["bfloat16"] = DType.BF16, ["float64"] = DType.F64, ["double"] = DType.F64,
    };

    public static IEnumerable<Symptom> Unexpected(Patient patient)
    {
        if (patient.Survey.Value is null) yield break;
        string[] problems = [.. patient.Weights.Value!.Problems.Where(problem => problem.Fault == TensorFault.Type).Select(problem => problem.ToString())];
        if (problems.Length > 0)
            yield return new(
                NameList.Join(problems, "; "),
                "Save the weights as bfloat16, float16 or float32. A quantised checkpoint needs the program that quantised it: give the unquantised one.");
    }

    public static IEnumerable<Symptom> Differs(Patient patient)
    {
        if (patient.Config.Value is not { } config || patient.Weights.Value?.LargestType is not { } stored) yield break;
        string? hint = Opened.Try(() => config.TypeHint).Value;
        if (hint is null || !stored.IsFloat() || !Hints.TryGetValue(hint.Replace("torch.", "", StringComparison.Ordinal), out DType said) || said == stored) yield break;
        yield return new(
            $"config.json says {hint}, the largest tensor is {stored}",
            $"Programs that follow the hint convert on loading and lose or waste precision. Set torch_dtype to {Hints.First(pair => pair.Value == stored).Key}, or save the weights as {hint}.");
    }
}
