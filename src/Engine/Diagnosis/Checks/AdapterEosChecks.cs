using Juxta.Engine.Models;
using Juxta.Engine.Tokenization;

namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>
/// An adapter whose own tokenizer ends sequences with a token that the base does not stop at: trainers that replace the end-of-sequence token save it there
/// and leave the base's files as they were. If nothing taught the head that token, no answer can end with it.
/// </summary>
internal static class AdapterEosChecks
{
    public static IEnumerable<Symptom> NotStop(Patient patient)
    {
        if (NewEnd(patient) is not { } end || !Taught(patient, end)) yield break;
        yield return new(
            $"{Told(patient, end)}. Juxta stops at both; other programs read the base's files and go on",
            $"Set eos_token_id in the base's generation_config.json to [{string.Join(", ", patient.Stops.Effective.Append(end).Distinct())}], or merge the adapter and set it there.");
    }

    public static IEnumerable<Symptom> Untrained(Patient patient)
    {
        if (NewEnd(patient) is not { } end || Taught(patient, end)) yield break;
        string? look = HeadRow.Untrained(patient.Survey.Value!, end);
        yield return new(
            $"{Told(patient, end)}; the adapter changes neither the head nor that token's row in it{(look is null ? "" : $", and {look}")}",
            "Train the row too: trainable_token_indices with this id, or modules_to_save with the embedding and the head. Or end answers with a token that the base already writes.",
            look is null ? Severity.Warning : null);
    }

    /// <summary>The end of the adapter's tokenizer, where no file of the base stops at it and the head has a row for it.</summary>
    static int? NewEnd(Patient patient)
    {
        if (patient.Bound.Value is not { } bound || patient.AdapterTokenizer.Value?.EosId is not { } end || patient.Stops.All.Contains(end)) return null;
        return end < (bound.Vocabulary ?? patient.Survey.Value!.Shape.Vocabulary) ? end : null;
    }

    /// <summary>Whether the adapter acts on the head's row of a token.</summary>
    static bool Taught(Patient patient, int id)
    {
        ModuleTable modules = patient.Survey.Value!.Modules;
        return patient.Bound.Value is { } adapter && HeadRow.Head(modules) is { } head && adapter.Delta(head.Index) is { } delta
            && (delta.Weight is not null || delta.A is not null || delta.ReplacedRowIds?.Contains(id) == true);
    }

    static string Told(Patient patient, int end)
    {
        Tokenizer tokenizer = patient.AdapterTokenizer.Value!;
        return $"the adapter's tokenizer ends with {Patient.Name(end, tokenizer)}, the base stops at {(patient.Stops.All.Any() ? patient.Names(patient.Stops.All) : "nothing")}";
    }
}
