using Juxta.Engine.Weights;

namespace Juxta.Engine.Diagnosis;

/// <summary>What each file of a checkpoint says of the tokens that end and pad. Juxta stops at all of them; other programs at fewer.</summary>
/// <param name="Generation">generation_config.json's eos_token_id.</param>
/// <param name="Config">config.json's eos_token_id.</param>
/// <param name="Tokenizer">The id of the tokenizer's eos_token.</param>
/// <param name="TurnEnd">What the chat template writes after an answer.</param>
internal sealed record StopFacts(IReadOnlyList<int> Generation, IReadOnlyList<int> Config, int? Tokenizer, IReadOnlyList<int> TurnEnd)
{
    public static StopFacts None { get; } = new([], [], null, []);

    /// <summary>Where a program that follows transformers stops: generation_config.json alone where it names an end, else config.json.</summary>
    public IReadOnlyList<int> Effective => Generation.Count > 0 ? Generation : Config;

    /// <summary>Every id that some file of the checkpoint stops at.</summary>
    public IEnumerable<int> All => Effective.Concat(Config).Concat(Tokenizer is { } id ? [id] : []).Concat(TurnEnd).Distinct();

    /// <summary>The pad id of each file that names one.</summary>
    public IReadOnlyList<(string Source, int Id)> Pads { get; private init; } = [];

    public static StopFacts Read(Patient patient) => new(
        patient.Generation.Value?.EosTokenIds ?? [],
        patient.Config.Value is { } config ? GenerationConfig.ReadEos(config) : [],
        patient.Tokenizer.Value?.EosId,
        TurnEndOf(patient))
    {
        Pads =
        [
            .. Pad("the tokenizer", patient.Tokenizer.Value?.PadId),
            .. Pad("generation_config.json", PadIn(Path.Combine(patient.Folder, "generation_config.json"))),
            .. Pad("config.json", PadIn(Path.Combine(patient.Folder, "config.json"))),
        ],
    };

    static IReadOnlyList<int> TurnEndOf(Patient patient) => Chat.TurnEnd.Of(patient.Template.Value, patient.Tokenizer.Value);

    static IEnumerable<(string, int)> Pad(string source, int? id) => id is >= 0 ? [(source, id.Value)] : [];

    static int? PadIn(string path) => Opened.Try(() => CheckpointConfig.ReadIfPresent(path)).Value is { } json && json.Ints("pad_token_id", min: -1) is [var id, ..] ? id : null;
}
