using Juxta.Engine.Layers;
using Juxta.Engine.Lora;
using Juxta.Engine.TorchSharp.Weights;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Layers;

/// <summary>y = (x − mean) / √(variance + ε) ∘ w + b in f32, each row with its adapters' weight and bias.</summary>
internal sealed class TorchLayerNorm(LayerNorm described, Compute compute)
{
    readonly Tensor _weight = compute.Floats(described.Weight);
    readonly Tensor _bias = compute.Floats(described.Bias);

    /// <param name="x">(rows, channels).</param>
    public Tensor Forward(IReadOnlyList<AdapterRun> runs, Tensor x) => AdaptedRows.Map(runs, x, described.Module.Index, Norm);

    Tensor Norm(AdapterSet adapters, Tensor x)
    {
        (Tensor weight, Tensor bias) = (_weight, _bias);
        foreach ((LoraAdapter adapter, _) in adapters.Entries)
        {
            if (TorchDelta.Of(adapter, described.Module, compute) is not { } delta) continue;
            (weight, bias) = (delta.NormWeight ?? weight, delta.Bias ?? bias);
        }
        Tensor wide = x.to(ScalarType.Float32);
        Tensor centred = wide - wide.mean([-1], keepdim: true);
        return ((centred * rsqrt(centred.pow(2).mean([-1], keepdim: true) + described.Epsilon) * weight) + bias).to(x.dtype);
    }
}
