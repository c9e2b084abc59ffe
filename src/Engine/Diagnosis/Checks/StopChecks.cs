namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>
/// Where answers end. Juxta stops at what any file names; transformers follows generation_config.json alone (or config.json where that names none), and
/// trainers write the tokenizer's eos_token or the template's turn end after every answer. A model is sound when these are the same.
/// </summary>
internal static class StopChecks
{
    public static IEnumerable<Symptom> Missing(Patient patient)
    {
        if (Readable(patient) && patient.Stops is { Effective.Count: 0, Tokenizer: null })
            yield return new("neither config.json nor generation_config.json nor the tokenizer names one", "Set eos_token_id in generation_config.json to the id that the training wrote after each answer.");
    }

    public static IEnumerable<Symptom> Disagrees(Patient patient)
    {
        StopFacts stops = patient.Stops;
        if (!Readable(patient) || (stops.Effective.Count == 0 && stops.Tokenizer is null)) yield break;
        int[] lost = [.. Lost(stops)];
        int[] others = [.. stops.Config.Except(stops.Effective).Except(lost)];
        if (lost.Length == 0 && others.Length == 0) yield break;
        int[] wanted = [.. stops.Effective.Concat(lost).Distinct()];
        yield return new(
            $"{Sources(patient)}. {(lost.Length > 0 ? $"Answers end with {patient.Names(lost)}, where programs that follow generation_config.json do not stop" : $"Programs that follow generation_config.json do not stop at {patient.Names(others)}")}",
            lost.Length > 0
                ? $"Set eos_token_id in generation_config.json and config.json to [{string.Join(", ", wanted)}]."
                : $"If the model ends answers with it, set eos_token_id in generation_config.json to [{string.Join(", ", wanted.Concat(others))}]; otherwise correct config.json.",
            lost.Length > 0 ? null : Severity.Warning);
    }

    public static IEnumerable<Symptom> TurnEndMissing(Patient patient)
    {
        StopFacts stops = patient.Stops;
        int[] unknown = [.. stops.TurnEnd.Except(stops.Effective).Except(Lost(stops))];
        if (!Readable(patient) || !patient.ShipsTemplate || unknown.Length == 0 || stops is { Effective.Count: 0, Tokenizer: null }) yield break;
        // The code in ChatGLM's repositories adds the role tokens as stops, so the released files are no fault.
        bool ownCode = patient.Family.Value?.Name == "chatglm";
        yield return new(
            $"the chat template ends an answer with {patient.Names(unknown)}; {Sources(patient)}. Juxta stops there all the same; other programs go on and write the user's next turn",
            $"Set eos_token_id in generation_config.json to [{string.Join(", ", stops.Effective.Concat(unknown).Distinct())}].", ownCode ? Severity.Warning : null);
    }

    public static IEnumerable<Symptom> PadIsEos(Patient patient)
    {
        StopFacts stops = patient.Stops;
        IReadOnlyList<int> ends = stops.TurnEnd.Count > 0 ? stops.TurnEnd : stops.Tokenizer is { } eos ? [eos] : stops.Effective.Count == 1 ? stops.Effective : [];
        if (stops.Pads.FirstOrDefault(pad => ends.Contains(pad.Id)) is { Source: { } source } shared)
            yield return new(
                $"{source} pads with {patient.Name(shared.Id)}, which also ends answers: a trainer that masks labels by the pad id masks the end too, and the model never learns to stop",
                "Mask padding by length or attention mask, or pad with another token that the embedding has.");
    }

    /// <summary>Ids that some other file takes for the end of an answer and the effective list lacks.</summary>
    static IEnumerable<int> Lost(StopFacts stops)
    {
        if (stops.Tokenizer is { } eos && !stops.Effective.Contains(eos)) yield return eos;
        foreach (int id in stops.TurnEnd)
            if (!stops.Effective.Contains(id) && stops.Config.Contains(id) && id != stops.Tokenizer) yield return id;
    }

    /// <summary>Both configs can be read: otherwise their own findings say so.</summary>
    static bool Readable(Patient patient) => patient.Config.Value is not null && patient.Generation.Value is not null && !patient.ReadStops.Refused && !patient.Tokenizer.Refused;

    static string Sources(Patient patient)
    {
        StopFacts stops = patient.Stops;
        string Say(string file, IReadOnlyCollection<int> ids) => ids.Count > 0 ? $"{file} {patient.Names(ids)}" : $"{file} none";
        return string.Join(", ",
        [
            $"end of sequence: {Say("generation_config.json", stops.Generation)}", Say("config.json", stops.Config),
            .. patient.Tokenizer.Value is null ? (string[])[] : [Say("tokenizer", stops.Tokenizer is { } id ? [id] : [])],
            .. patient.Template.Value is null ? (string[])[] : [Say("chat template", stops.TurnEnd)],
        ]);
    }
}
