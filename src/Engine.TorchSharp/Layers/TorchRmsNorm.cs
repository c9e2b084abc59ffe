using Juxta.Engine.Layers;
using Juxta.Engine.Lora;
using Juxta.Engine.TorchSharp.Weights;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Layers;

/// <summary>y = x / √(mean(x²) + ε) ∘ (w + offset) in f32, each row with its adapters' weight.</summary>
internal sealed class TorchRmsNorm(RmsNorm described, Compute compute)
{
    readonly Tensor _weight = compute.Floats(described.Weight);

    public static TorchRmsNorm? Of(RmsNorm? described, Compute compute) => described is null ? null : new TorchRmsNorm(described, compute);

    /// <param name="x">(rows, …, channels): the last dimension is normed.</param>
    public Tensor Forward(IReadOnlyList<AdapterRun> runs, Tensor x) => AdaptedRows.Map(runs, x, described.Module.Index, Norm);

    Tensor Norm(AdapterSet adapters, Tensor x)
    {
        Tensor weight = _weight;
        foreach ((LoraAdapter adapter, _) in adapters.Entries) weight = TorchDelta.Of(adapter, described.Module, compute)?.NormWeight ?? weight;
        Tensor wide = x.to(ScalarType.Float32);
        Tensor normed = wide * rsqrt(wide.pow(2).mean([-1], keepdim: true) + described.Epsilon);
        return (normed * (described.Offset == 0 ? weight : weight + described.Offset)).to(x.dtype);
    }
}
