using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.TorchSharp.Layers;
using Juxta.Engine.TorchSharp.Weights;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Decoders;

/// <summary>ChatGLM-6B, first generation (<see cref="ChatGlmDecoder"/>): the residual stream carries the normed input, h = a·x + f(x) with x = LayerNorm(h).</summary>
internal sealed class FirstChatGlmDecoder(ChatGlmDecoder described, TorchWeights weights, Compute compute) : TorchDecoder(described, weights, compute)
{
    sealed record Layer(TorchLayerNorm InputLayernorm, TorchAttention Attention, TorchLayerNorm PostAttentionLayernorm, TorchGeluMlp Mlp);

    readonly TorchEmbedding _embedding = new(described.Ends.Embedding, weights, compute);
    readonly Layer[] _layers = [.. described.Stack.Select((layer, index) => new Layer(
        new TorchLayerNorm(layer.InputLayernorm, compute), new TorchAttention(index, layer.Attention, weights, compute),
        new TorchLayerNorm(layer.PostAttentionLayernorm, compute), new TorchGeluMlp(layer.Mlp, weights, compute)))];
    readonly TorchLayerNorm _finalLayernorm = new(described.FinalLayernorm, compute);
    readonly TorchHead _head = new(described.Ends.Head, weights, compute);

    protected override void Forward(TorchStep step, Matrix logits)
    {
        Tensor hidden = _embedding.Forward(step);
        foreach (Layer layer in _layers) Forward(step, layer, hidden);
        Tensor last = _finalLayernorm.Forward(step.LogitRuns, step.SelectLogitRows(hidden));
        _head.Forward(step, last, logits, cap: 0);
    }

    /// <param name="hidden">(tokens, hidden), changed in place.</param>
    static void Forward(TorchStep step, Layer layer, Tensor hidden)
    {
        using var scope = NewDisposeScope();
        Tensor x = layer.InputLayernorm.Forward(step.Runs, hidden);
        hidden.copy_((x * ChatGlmDecoder.ResidualFactor) + layer.Attention.Forward(step, x));
        x = layer.PostAttentionLayernorm.Forward(step.Runs, hidden);
        hidden.copy_((x * ChatGlmDecoder.ResidualFactor) + layer.Mlp.Forward(step, x));
    }
}
