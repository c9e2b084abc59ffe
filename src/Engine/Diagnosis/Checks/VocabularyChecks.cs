using Juxta.Engine.Tokenization;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>
/// Whether config, embedding and tokenizer know the same ids. An embedding with more rows than the tokenizer has tokens is normal padding (Qwen, ChatGLM);
/// fewer is a fault.
/// </summary>
internal static class VocabularyChecks
{
    const string Resize = "Resize the embedding when tokens are added (model.resize_token_embeddings(len(tokenizer))) and save it with the model or the adapter; or take the added tokens out of the tokenizer's files.";

    public static IEnumerable<Symptom> Differs(Patient patient)
    {
        if (patient.Survey.Value is null) yield break;
        TensorProblem[] problems = [.. patient.Weights.Value!.Problems.Where(problem => IsVocabulary(problem, patient))];
        if (problems.Length == 0) yield break;
        yield return new(
            string.Join("; ", problems.Select(problem => problem.ToString())),
            problems.Select(problem => problem.Found[0]).Distinct().ToArray() is [var rows]
                ? $"Set {Key(patient)} in config.json to {rows}, the rows that the weights have."
                : "Embedding and head differ from each other too: they were resized apart. Resize both together and save again.");
    }

    /// <summary>A matrix whose rows should be the vocabulary, and whose width is right.</summary>
    public static bool IsVocabulary(TensorProblem problem, Patient patient) =>
        problem.Fault == TensorFault.Shape && problem.Expected is [var rows, var width] && problem.Found is [_, var found] && width == found
        && rows == patient.Survey.Value!.Shape.Vocabulary;

    public static IEnumerable<Symptom> TokenBeyond(Patient patient)
    {
        foreach ((Tokenizer tokenizer, int rows, string whose) in Tokenizers(patient))
        {
            int[] beyond = [.. Beyond(tokenizer, rows).Where(id => id != tokenizer.PadId)];
            if (beyond.Length > 0)
                yield return new(
                    $"the embedding has {rows} rows, but {whose} knows {NameList.Join([.. beyond.Select(id => Patient.Name(id, tokenizer))])}: text with these tokens cannot be read", Resize);
        }
    }

    public static IEnumerable<Symptom> PadBeyond(Patient patient)
    {
        if (patient.Rows is not { } baseRows) yield break;
        foreach ((string source, int id) in patient.Stops.Pads.DistinctBy(pad => pad.Id))
        {
            if (id >= baseRows) yield return Pad(source, id, patient.Tokenizer.Value, baseRows);
        }
        foreach ((Tokenizer tokenizer, int rows, string whose) in Tokenizers(patient).Where(entry => entry.Tokenizer != patient.Tokenizer.Value))
        {
            if (tokenizer.PadId is { } id && id >= rows) yield return Pad(whose, id, tokenizer, rows);
        }
    }

    public static IEnumerable<Symptom> EosBeyond(Patient patient)
    {
        if (patient.Rows is not { } rows) yield break;
        int[] beyond = [.. patient.Stops.Generation.Concat(patient.Stops.Config).Distinct().Where(id => id >= rows && patient.Tokenizer.Value?.TokenOf(id) is null)];
        if (beyond.Length > 0)
            yield return new(
                $"eos_token_id names {string.Join(", ", beyond)}, the embedding has {rows} rows: the model can never write it",
                "Set eos_token_id in config.json and generation_config.json to the ids of this model's own end tokens.");
    }

    /// <summary>Each tokenizer that text goes through, and the rows that it must not leave.</summary>
    static IEnumerable<(Tokenizer Tokenizer, int Rows, string Whose)> Tokenizers(Patient patient)
    {
        if (patient.Rows is not { } rows) yield break;
        if (patient.Tokenizer.Value is { } own) yield return (own, rows, "the tokenizer");
        if (patient.AdapterTokenizer.Value is { } adapters && patient.Bound.Value is { } bound) yield return (adapters, bound.Vocabulary ?? rows, "the adapter's tokenizer");
    }

    static IEnumerable<int> Beyond(Tokenizer tokenizer, int rows) => Enumerable.Range(rows, Math.Max(0, tokenizer.VocabularySize - rows)).Where(id => tokenizer.TokenOf(id) is not null);

    static Symptom Pad(string source, int id, Tokenizer? tokenizer, int rows) => new(
        $"{source} pads with {Patient.Name(id, tokenizer)}, the embedding has {rows} rows: a padded batch reads outside of it",
        $"{Resize} Or pad with a token that the model has.");

    static string Key(Patient patient) => patient.Config.Value!.Has("padded_vocab_size") ? "padded_vocab_size" : "vocab_size";
}
