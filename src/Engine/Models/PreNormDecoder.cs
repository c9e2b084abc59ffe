using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Models;

/// <summary>The stack that most families share: embedding, pre-norm layers, a last norm, the head.</summary>
/// <param name="ends">Embedding and head, which may share one weight.</param>
/// <param name="embeddingScale">Factor on the embedding's rows; 1 = none.</param>
/// <param name="logitCap">c of c·tanh(logit / c); 0 = none.</param>
internal abstract class PreNormDecoder(
    DecoderShape shape, WeightBinder weights, (Embedding Embedding, LmHead Head) ends, DecoderLayer[] layers, RmsNorm norm, float embeddingScale = 1,
    float logitCap = 0) : CpuDecoder(shape, weights)
{
    public (Embedding Embedding, LmHead Head) Ends => ends;

    /// <summary>The layers, from the embedding up.</summary>
    public IReadOnlyList<DecoderLayer> Stack => layers;

    public RmsNorm Norm => norm;

    public float EmbeddingScale => embeddingScale;

    public float LogitCap => logitCap;

    protected override void Forward(Batch batch, KvCache cache, Matrix logits)
    {
        Step.Begin(batch, cache);
        Matrix hidden = ends.Embedding.Forward(Step);
        if (embeddingScale != 1) Residual.Scale(hidden, embeddingScale);
        foreach (DecoderLayer layer in layers) layer.Forward(Step, hidden);
        Matrix last = Step.SelectLogitRows(hidden);
        norm.Forward(Step.Pool, Step.LogitRuns, last, last);
        ends.Head.Forward(Step, last, logits, logitCap);
    }
}
