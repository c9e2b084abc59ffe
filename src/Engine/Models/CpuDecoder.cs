using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Models;

/// <summary>A decoder whose layers run on this machine's processors: what every family here has besides its own forward pass.</summary>
internal abstract class CpuDecoder(DecoderShape shape, WeightBinder weights) : Decoder
{
    protected Step Step { get; } = new(weights.Pool);

    public override DecoderShape Shape => shape;

    public override ModuleTable Modules => weights.Modules;

    public override long WeightBytes => weights.WeightBytes;

    public override long StepBytes => weights.WeightBytes - weights.TableBytes;

    /// <summary>An adapter's prefix stands in for the checkpoint's own.</summary>
    public override KeyValuePrefix? PrefixOf(AdapterSet adapters) => adapters.Prefix ?? weights.Prefix;

    public override long CacheTokenBytes => KvCache.BytesPerBlock(shape.Layers, shape.KvHeads, shape.HeadDim, weights.CacheFormat) / TokenCache.BlockTokens;

    public override TokenCache NewCache(int blocks) => new KvCache(shape.Layers, shape.KvHeads, shape.HeadDim, blocks, weights.CacheFormat);

    public sealed override void Forward(Batch batch, TokenCache cache, Matrix logits) => Forward(batch, (KvCache)cache, logits);

    /// <inheritdoc cref="Decoder.Forward"/>
    protected abstract void Forward(Batch batch, KvCache cache, Matrix logits);

    public override void Dispose()
    {
        Step.Dispose();
        foreach (IDisposable owned in weights.Owned) owned.Dispose();
    }
}
