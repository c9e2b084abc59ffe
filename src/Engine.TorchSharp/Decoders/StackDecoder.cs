using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.TorchSharp.Layers;
using Juxta.Engine.TorchSharp.Weights;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Decoders;

/// <summary>The stack that most families share: embedding, pre-norm layers, a last norm, the head.</summary>
internal sealed class StackDecoder(PreNormDecoder described, TorchWeights weights, Compute compute) : TorchDecoder(described, weights, compute)
{
    readonly TorchEmbedding _embedding = new(described.Ends.Embedding, weights, compute);
    readonly TorchDecoderLayer[] _layers = [.. described.Stack.Select((layer, index) => new TorchDecoderLayer(index, layer, weights, compute))];
    readonly TorchRmsNorm _norm = new(described.Norm, compute);
    readonly TorchHead _head = new(described.Ends.Head, weights, compute);

    protected override void Forward(TorchStep step, Matrix logits)
    {
        Tensor hidden = _embedding.Forward(step);
        if (described.EmbeddingScale != 1) hidden.mul_(described.EmbeddingScale);
        foreach (TorchDecoderLayer layer in _layers) layer.Forward(step, hidden);
        Tensor last = _norm.Forward(step.LogitRuns, step.SelectLogitRows(hidden));
        _head.Forward(step, last, logits, described.LogitCap);
    }
}
