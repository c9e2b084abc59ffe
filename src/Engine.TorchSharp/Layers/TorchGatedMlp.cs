using Juxta.Engine.Layers;
using Juxta.Engine.TorchSharp.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Layers;

/// <summary>down(activation(gate x) ∘ up x), gate and up stacked into one weight.</summary>
internal sealed class TorchGatedMlp(GatedMlp described, TorchWeights weights, Compute compute)
{
    readonly TorchLinear _gateUpProj = new(described.GateUpProj, weights, compute);
    readonly TorchLinear _downProj = new(described.DownProj, weights, compute);

    /// <param name="x">(tokens, hidden), normed.</param>
    public Tensor Forward(TorchStep step, Tensor x)
    {
        Tensor gateUp = _gateUpProj.Forward(step.Runs, x);
        Tensor gate = gateUp.narrow(1, 0, described.Intermediate), up = gateUp.narrow(1, described.Intermediate, described.Intermediate);
        gate = described.Activation == GateActivation.Silu ? nn.functional.silu(gate) : gate.gelu(GELU.Approximate.tanh);
        return _downProj.Forward(step.Runs, gate * up);
    }
}
