namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>Whether text can become ids at all.</summary>
internal static class TokenizerChecks
{
    public static IEnumerable<Symptom> Missing(Patient patient)
    {
        if (patient.Tokenizer is { Value: null, Refused: false } && patient.AdapterTokenizer.Value is null)
            yield return new("the folder holds no tokenizer (tokenizer.json, tokenizer.model …), so only token ids can be given", "Copy the tokenizer's files from the checkpoint's repository; a trainer saves them with tokenizer.save_pretrained.");
    }

    public static IEnumerable<Symptom> Unusable(Patient patient)
    {
        foreach (string? refusal in (string?[])[patient.Tokenizer.Refusal, patient.AdapterTokenizer.Refusal])
        {
            if (refusal is not null) yield return new(refusal, "Restore the tokenizer's files from the checkpoint's repository.");
        }
    }
}
