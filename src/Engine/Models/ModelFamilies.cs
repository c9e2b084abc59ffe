using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>A model family: which checkpoints are its, and how to build it.</summary>
/// <param name="Name">Its <c>model_type</c> in config.json.</param>
/// <param name="Architectures">Entries of <c>architectures</c> that it can run.</param>
/// <param name="Build">Reads the config and binds the weights.</param>
/// <param name="Recognise">Tells it from a later family that shares its name and architectures; null = those are enough.</param>
internal sealed record ModelFamily(
    string Name, string[] Architectures, Func<CheckpointConfig, WeightBinder, Decoder> Build, Predicate<CheckpointConfig>? Recognise = null);

/// <summary>The table of families. A new one is a file beside this and a line here.</summary>
internal static class ModelFamilies
{
    public static readonly ModelFamily[] All =
    [
        LlamaDecoder.Family,
        MistralDecoder.Family,
        Qwen2Decoder.Family,
        Qwen3Decoder.Family,
        ChatGlmDecoder.Family,
        ChatGlm2Decoder.Family,
        GlmDecoder.Family,
        GlmDecoder.Glm4Family,
        GemmaDecoder.Gemma2Family,
        GemmaDecoder.Gemma3Family,
        Phi3Decoder.Family,
        InternLm2Decoder.Family,
    ];

    /// <summary>The family that a checkpoint's config names.</summary>
    public static ModelFamily Find(CheckpointConfig config)
    {
        string type = config.StringOr("model_type", "");
        string[] architectures = [.. config.Strings("architectures")];
        ModelFamily[] candidates = [.. All.Where(f => f.Recognise is null || f.Recognise(config))];
        ModelFamily? family = candidates.FirstOrDefault(f => f.Name == type && (architectures.Length == 0 || architectures.Intersect(f.Architectures).Any()))
            ?? candidates.FirstOrDefault(f => type.Length == 0 && architectures.Intersect(f.Architectures).Any());
        return family ?? throw new ModelFormatException(
            $"opening {config.File}: no family for model_type '{type}' with architectures [{string.Join(", ", architectures)}]; " +
            $"known are {string.Join(", ", All.Select(f => $"{f.Name} ({string.Join(", ", f.Architectures)})"))}. " +
            "A family is one file under src/Engine/Models: see docs/adding-a-model.md", config.File) { Fault = ModelFault.UnknownFamily };
    }
}
