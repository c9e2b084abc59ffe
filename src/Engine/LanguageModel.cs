namespace Juxta.Engine;

/// <summary>An opened checkpoint folder: weights, configuration, tokenizer and template. Immutable; shared by all requests.</summary>
public sealed class LanguageModel : IDisposable
{
    LanguageModel(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Family, sizes and dtype, for people and for the API.</summary>
    public ModelDescription Description => throw new NotImplementedException();

    /// <summary>The family's forward pass over the packed weights.</summary>
    internal Models.Decoder Decoder => throw new NotImplementedException();

    /// <summary>Ids that end an answer, from every source.</summary>
    internal Generation.StopIds StopIds => throw new NotImplementedException();

    /// <summary>Opens a Hugging Face folder and packs its weights into memory.</summary>
    /// <param name="progress">Share of the weights loaded, 0 … 1.</param>
    /// <exception cref="ModelFormatException">Anything in the folder cannot be used.</exception>
    public static LanguageModel Open(string folder, int threads = 0, IProgress<double>? progress = null) => throw new NotImplementedException();

    public void Dispose() { }
}

/// <summary>What a checkpoint is.</summary>
/// <param name="Family">The family's name here: "llama", "qwen2" …</param>
/// <param name="Architecture">config.json's architectures[0].</param>
/// <param name="WeightType">Dtype of the linear weights in the file.</param>
/// <param name="Parameters">Numbers in all tensors.</param>
/// <param name="WeightBytes">Bytes of packed weights in memory.</param>
/// <param name="ContextLength">Positions the checkpoint was made for.</param>
public sealed record ModelDescription(
    string Family, string Architecture, string WeightType, long Parameters, long WeightBytes,
    int Layers, int Hidden, int Heads, int KvHeads, int HeadDim, int Vocabulary, int ContextLength);
