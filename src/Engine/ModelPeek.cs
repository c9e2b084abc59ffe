using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Engine;

/// <summary>What a checkpoint folder says of itself before its weights are read: from config.json and the headers of the weight files alone.</summary>
/// <param name="Family">The family's name here.</param>
/// <param name="WeightType">Dtype of the largest tensor, or "INT8" or "INT4".</param>
/// <param name="Parameters">Numbers in all tensors.</param>
/// <param name="DiskBytes">Bytes of the weight files.</param>
/// <param name="WeightBytes">Bytes of the tensors: about what they will take in memory.</param>
/// <param name="ContextLength">config.json's <c>max_position_embeddings</c>, <c>seq_length</c> or <c>max_sequence_length</c>; null where it has none.</param>
public sealed record ModelPeek(string Family, string WeightType, long Parameters, long DiskBytes, long WeightBytes, int? ContextLength)
{
    /// <summary>Milliseconds even for a large checkpoint: no tensor is read.</summary>
    /// <param name="folder">As <see cref="LanguageModel.Open"/> takes it.</param>
    /// <exception cref="ModelFormatException">No family knows it, or config.json or the weight files are absent or damaged.</exception>
    public static ModelPeek Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        folder = Path.GetFullPath(folder);
        CheckpointConfig config = CheckpointConfig.Read(Path.Combine(folder, "config.json"));
        ModelFamily family = ModelFamilies.Find(config);
        int bits = QuantisationBits.Read(config);
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        return new ModelPeek(
            family.Name, checkpoint.TypeName(bits) ?? "no weights", checkpoint.Parameters(bits), checkpoint.Files.Sum(file => new FileInfo(file).Length),
            checkpoint.TotalBytes, config.IntOrNull("max_position_embeddings") ?? config.IntOrNull("seq_length") ?? config.IntOrNull("max_sequence_length"));
    }
}
