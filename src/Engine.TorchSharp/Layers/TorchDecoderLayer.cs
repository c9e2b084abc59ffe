using Juxta.Engine.Layers;
using Juxta.Engine.TorchSharp.Weights;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Layers;

/// <summary>The pre-norm residual block: h += attention(norm(h)); h += mlp(norm(h)); some families norm what a sub-layer gives too.</summary>
internal sealed class TorchDecoderLayer(int index, DecoderLayer described, TorchWeights weights, Compute compute)
{
    readonly TorchRmsNorm _attentionNorm = new(described.AttentionNorm, compute);
    readonly TorchAttention _selfAttn = new(index, described.SelfAttn, weights, compute);
    readonly TorchRmsNorm _mlpNorm = new(described.MlpNorm, compute);
    readonly TorchGatedMlp _mlp = new(described.Mlp, weights, compute);
    readonly TorchRmsNorm? _afterAttention = TorchRmsNorm.Of(described.AfterAttention, compute);
    readonly TorchRmsNorm? _afterMlp = TorchRmsNorm.Of(described.AfterMlp, compute);

    /// <param name="hidden">(tokens, hidden), changed in place.</param>
    public void Forward(TorchStep step, Tensor hidden)
    {
        using var scope = NewDisposeScope();
        Tensor y = _selfAttn.Forward(step, _attentionNorm.Forward(step.Runs, hidden));
        hidden.add_(_afterAttention?.Forward(step.Runs, y) ?? y);
        y = _mlp.Forward(step, _mlpNorm.Forward(step.Runs, hidden));
        hidden.add_(_afterMlp?.Forward(step.Runs, y) ?? y);
    }
}
