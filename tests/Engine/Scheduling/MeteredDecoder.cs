using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.EngineTests.Scheduling;

/// <summary>Another decoder, and what the engine thread had allocated at the start of each of its steps.</summary>
sealed class MeteredDecoder(Decoder inner) : Decoder
{
    readonly long[] _bytes = new long[1 << 14];

    /// <summary>Steps so far, the warm-up's two included.</summary>
    public int Steps { get; private set; }

    /// <summary>Bytes that the engine thread allocated from the start of one step to the start of another.</summary>
    public long Between(int step, int later) => _bytes[later] - _bytes[step];

    public override DecoderShape Shape => inner.Shape;

    public override ModuleTable Modules => inner.Modules;

    public override KeyValuePrefix? PrefixOf(AdapterSet adapters) => inner.PrefixOf(adapters);

    public override TextContext ReadContext(ReadOnlySpan<int> ids, AdapterSet adapters) => inner.ReadContext(ids, adapters);

    public override int[] AsPrompt(int[] ids) => inner.AsPrompt(ids);

    public override long WeightBytes => inner.WeightBytes;

    public override long CacheTokenBytes => inner.CacheTokenBytes;

    public override TokenCache NewCache(int blocks) => inner.NewCache(blocks);

    public override void Forward(Batch batch, TokenCache cache, Matrix logits)
    {
        _bytes[Steps++] = GC.GetAllocatedBytesForCurrentThread();
        inner.Forward(batch, cache, logits);
    }

    public override void Dispose() { }
}
