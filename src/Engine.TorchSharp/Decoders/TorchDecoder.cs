using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.TorchSharp.Layers;
using Juxta.Engine.TorchSharp.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Decoders;

/// <summary>A decoder whose layers are tensors on a device. What a text is and which modules there are, the family's own decoder says.</summary>
/// <param name="described">The family's, without weights.</param>
internal abstract class TorchDecoder(CpuDecoder described, TorchWeights weights, Compute compute) : Decoder
{
    /// <summary>Of the cache, on a device whose free memory libtorch does not tell.</summary>
    const long UsualCacheBytes = 2L << 30;

    public override DecoderShape Shape => described.Shape;

    public override ModuleTable Modules => described.Modules;

    public override long WeightBytes => weights.Bytes;

    public override int? UsualCacheTokens
    {
        get
        {
            if (compute.Device.type == DeviceType.CPU) return null;
            long bytesPerToken = 2L * Shape.Layers * Shape.KvHeads * Shape.HeadDim * (compute.Type == ScalarType.Float32 ? 4 : 2);
            return (int)Math.Clamp(UsualCacheBytes / bytesPerToken, Math.Min(2048, Shape.ContextLength), 4L * Shape.ContextLength);
        }
    }

    public override KeyValuePrefix? PrefixOf(AdapterSet adapters) => described.PrefixOf(adapters);

    public override TextContext ReadContext(ReadOnlySpan<int> ids, AdapterSet adapters) => described.ReadContext(ids, adapters);

    public override int[] AsPrompt(int[] ids) => described.AsPrompt(ids);

    public override TokenCache NewCache(int blocks) => new TorchCache(Shape, blocks, compute);

    /// <remarks>Scopes of tensors and of gradients are a thread's own, so a step begins and ends on one.</remarks>
    public sealed override void Forward(Batch batch, TokenCache cache, Matrix logits)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradients = no_grad();
        Forward(new TorchStep(batch, (TorchCache)cache, compute, scope), logits);
    }

    /// <inheritdoc cref="Decoder.Forward"/>
    protected abstract void Forward(TorchStep step, Matrix logits);

    public override void Dispose()
    {
        described.Dispose();
        weights.Dispose();
    }
}
