using Juxta.Engine.Layers;
using Juxta.Engine.TorchSharp.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Layers;

/// <summary>down(gelu(up x)), GELU in its tanh form.</summary>
internal sealed class TorchGeluMlp(GeluMlp described, TorchWeights weights, Compute compute)
{
    readonly TorchLinear _upProj = new(described.UpProj, weights, compute);
    readonly TorchLinear _downProj = new(described.DownProj, weights, compute);

    /// <param name="x">(tokens, hidden), normed.</param>
    public Tensor Forward(TorchStep step, Tensor x) => _downProj.Forward(step.Runs, _upProj.Forward(step.Runs, x).gelu(GELU.Approximate.tanh));
}
