namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>Whether the model itself stops where answers end.</summary>
internal static class EndChecks
{
    /// <summary>A chat model has its stop id in first place there; a base model with a template, among the first dozen.</summary>
    const int FarRank = 20;

    /// <summary>Below this the end is far, too, however near the top a model that is sure of how it goes on ranks its stop id.</summary>
    const double Unlikely = 0.01;

    /// <summary>Below this everywhere, no answer ever ends.</summary>
    const double Never = 1e-6;

    public static bool IsFar(EndProbe probe) => probe.Rank > FarRank || probe.Probability < Unlikely;

    public static IEnumerable<Symptom> NotReached(Patient patient)
    {
        IReadOnlyList<EndProbe> probes = patient.Answers.EndProbes;
        if (probes.Count == 0 || !probes.All(IsFar)) yield break;
        string places = string.Join("; ", probes.Select(probe => FormattableString.Invariant($"after \"{probe.Answer}\" {Patient.Name(probe.StopId, patient.Tokenizer.Value)} has rank {probe.Rank}, stopping has probability {probe.Probability:0.##e0}"))) + "; it ended no answer of its own either";
        yield return new(
            places,
            "Train with the end token unmasked in the labels of every answer, on the template that is used here. If the token is new to the base, train its rows too (modules_to_save or trainable_token_indices).",
            probes.All(probe => probe.Probability < Never) ? Severity.Error : null);
    }
}
