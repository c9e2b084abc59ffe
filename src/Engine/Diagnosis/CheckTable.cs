using Juxta.Engine.Diagnosis.Checks;

namespace Juxta.Engine.Diagnosis;

/// <summary>One question to a folder.</summary>
/// <param name="Code">Stable name of what it finds.</param>
/// <param name="Severity">Of its findings, where a symptom does not say otherwise.</param>
/// <param name="Title">The fault in one line.</param>
/// <param name="Look">Nothing where the folder has not this fault, or where another check already told why it cannot be seen.</param>
internal sealed record Check(string Code, Severity Severity, string Title, Func<Patient, IEnumerable<Symptom>> Look);

/// <summary>What a check saw.</summary>
internal readonly record struct Symptom(string Evidence, string Remedy, Severity? Severity = null);

/// <summary>All checks. A new one is a function in a file under Checks, a line here, a section of docs/doctor.md and a specimen of the zoo.</summary>
internal static class CheckTable
{
    public static readonly Check[] All =
    [
        new("config-unusable", Severity.Error, "config.json cannot be used", ConfigChecks.Unusable),
        new("family-unknown", Severity.Error, "no family knows this architecture", ConfigChecks.UnknownFamily),
        new("generation-config-unusable", Severity.Error, "generation_config.json cannot be used", ConfigChecks.GenerationUnusable),
        new("weights-missing", Severity.Error, "the folder holds no weights", WeightFileChecks.Missing),
        new("shard-missing", Severity.Error, "a shard of the weights is missing", WeightFileChecks.MissingShard),
        new("weights-truncated", Severity.Error, "a file of weights ends too early", WeightFileChecks.Truncated),
        new("weights-lfs-pointer", Severity.Error, "Git LFS pointers lie where the weights should", WeightFileChecks.LfsPointer),
        new("weights-damaged", Severity.Error, "the weights cannot be read", WeightFileChecks.Damaged),
        new("tensors-missing", Severity.Error, "tensors that config.json asks for are missing", TensorChecks.Missing),
        new("tensors-misshapen", Severity.Error, "tensors have other shapes than config.json asks for", TensorChecks.Misshapen),
        new("tensors-unused", Severity.Warning, "tensors belong to nothing in config.json", TensorChecks.Unused),
        new("vocabulary-differs", Severity.Error, "config.json and the embedding disagree about the vocabulary", VocabularyChecks.Differs),
        new("token-beyond-embedding", Severity.Error, "the tokenizer has tokens that the embedding lacks", VocabularyChecks.TokenBeyond),
        new("pad-beyond-embedding", Severity.Error, "the pad token lies beyond the embedding", VocabularyChecks.PadBeyond),
        new("eos-beyond-embedding", Severity.Error, "an end-of-sequence id lies beyond the embedding", VocabularyChecks.EosBeyond),
        new("dtype-unexpected", Severity.Error, "tensors hold numbers that are no weights", DTypeChecks.Unexpected),
        new("dtype-differs", Severity.Warning, "the weights are stored in another type than config.json says", DTypeChecks.Differs),
        new("weights-not-finite", Severity.Error, "weights are NaN or infinite", ValueChecks.NotFinite),
        new("weights-all-zero", Severity.Error, "a matrix is all zero", ValueChecks.AllZero),
        new("tokenizer-missing", Severity.Warning, "there is no tokenizer", TokenizerChecks.Missing),
        new("tokenizer-unusable", Severity.Error, "the tokenizer cannot be read", TokenizerChecks.Unusable),
        new("template-missing", Severity.Warning, "there is no chat template", TemplateChecks.Missing),
        new("template-unparseable", Severity.Error, "the chat template is not valid", TemplateChecks.Unparseable),
        new("template-fails", Severity.Error, "the chat template refuses a plain conversation", TemplateChecks.Fails),
        new("template-turn-open", Severity.Error, "the chat template does not close assistant turns", TemplateChecks.TurnOpen),
        new("template-differs", Severity.Warning, "the chat template writes other prompts than the model's own code", TemplateChecks.Differs),
        new("double-bos", Severity.Error, "prompts can begin with two BOS tokens", TemplateChecks.DoubleBos),
        new("eos-missing", Severity.Error, "no file names an end-of-sequence token", StopChecks.Missing),
        new("eos-disagrees", Severity.Error, "the files disagree about the end of sequence", StopChecks.Disagrees),
        new("turn-end-not-stop", Severity.Error, "the token that ends a turn is no stop id", StopChecks.TurnEndMissing),
        new("pad-is-eos", Severity.Warning, "the pad token is the token that ends answers", StopChecks.PadIsEos),
        new("model-too-large", Severity.Error, "the weights are larger than this machine's memory", OpeningChecks.TooLarge),
        new("model-unusable", Severity.Error, "the model does not open", OpeningChecks.Unusable),
        new("logits-not-finite", Severity.Error, "the model computes NaN", OpeningChecks.LogitsNotFinite),
        new("eos-not-reached", Severity.Warning, "the model does not stop where answers end", EndChecks.NotReached),
        new("adapter-unusable", Severity.Error, "the adapter cannot be read", AdapterChecks.Unusable),
        new("adapter-unsupported", Severity.Error, "the adapter asks for something unsupported", AdapterChecks.Unsupported),
        new("adapter-not-finite", Severity.Error, "the adapter holds NaN or infinity", AdapterChecks.NotFinite),
        new("adapter-wrong-base", Severity.Error, "the adapter was made for another base", AdapterFitChecks.WrongBase),
        new("adapter-does-not-fit", Severity.Error, "the adapter contradicts its config or the base", AdapterFitChecks.DoesNotFit),
        new("adapter-no-effect", Severity.Error, "the adapter changes nothing", AdapterFitChecks.NoEffect),
        new("adapter-partly-idle", Severity.Warning, "parts of the adapter change nothing", AdapterFitChecks.PartlyIdle),
        new("adapter-tensors-unused", Severity.Error, "tensors of the adapter belong to no module of the base", AdapterFitChecks.Unused),
        new("adapter-tensors-missing", Severity.Warning, "the adapter lacks tensors that its config asks for", AdapterFitChecks.Missing),
        new("adapter-setting-unknown", Severity.Note, "the adapter's config has settings that are unknown here", AdapterChecks.UnknownSetting),
        new("adapter-eos-not-stop", Severity.Error, "the adapter ends with a token that the base's files do not stop at", AdapterEosChecks.NotStop),
        new("adapter-eos-untrained", Severity.Error, "the adapter ends with a token that the head was never taught", AdapterEosChecks.Untrained),
    ];
}
