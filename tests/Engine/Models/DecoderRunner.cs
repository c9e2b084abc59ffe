using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.EngineTests.Models;

/// <summary>Drives a decoder by hand, without scheduler or sampler: the plainest way to its logits.</summary>
internal sealed unsafe class DecoderRunner(Decoder decoder, int blocks = 64) : IDisposable
{
    readonly TokenCache _cache = decoder.NewCache(blocks);
    readonly Batch _batch = new();
    int _nextBlock;

    /// <summary>A text on its way through the decoder.</summary>
    public sealed class Text(AdapterSet adapters, int[] blockTable, int vocabulary)
    {
        public AdapterSet Adapters { get; } = adapters;

        public int[] BlockTable { get; } = blockTable;

        public int Vocabulary { get; } = vocabulary;

        public int Length { get; set; }

        /// <summary>Read from the ids of the first step, so these hold the whole of a two-way prompt.</summary>
        public TextContext? Context { get; set; }
    }

    public Text Begin(AdapterSet? adapters = null, int capacity = 256)
    {
        adapters ??= AdapterSet.None;
        int count = ((decoder.PrefixOf(adapters)?.Tokens ?? 0) + capacity + KvCache.BlockTokens - 1) / KvCache.BlockTokens;
        if (_nextBlock + count > blocks) _nextBlock = 0; // earlier texts are done with: their blocks hold garbage for the next
        int[] table = [.. Enumerable.Range(_nextBlock, count)];
        _nextBlock += count;
        int vocabulary = adapters.Entries.Select(e => e.Adapter.Vocabulary).LastOrDefault(v => v is not null) ?? decoder.Shape.Vocabulary;
        return new Text(adapters, table, vocabulary);
    }

    /// <summary>One step: the next ids of each text; returns each one's logits, (ids, its vocabulary).</summary>
    public float[][][] Step(params (Text Text, int[] Ids)[] runs)
    {
        _batch.Clear();
        int rows = 0;
        foreach ((Text text, int[] ids) in runs)
        {
            text.Context ??= decoder.ReadContext(ids, text.Adapters);
            _batch.Add(ids, text.Length, text.BlockTable, text.Adapters, text.Context, ids.Length);
            text.Length += ids.Length;
            rows += ids.Length;
        }
        int width = runs.Max(run => Math.Max(run.Text.Vocabulary, decoder.Shape.Vocabulary));
        using var buffer = new AlignedBuffer((long)rows * width * sizeof(float));
        var logits = new Matrix((float*)buffer.Pointer, rows, width);
        decoder.Forward(_batch, _cache, logits);
        int row = 0;
        return [.. runs.Select(run => (float[][])[.. run.Ids.Select(_ => logits.Row(row++)[..run.Text.Vocabulary].ToArray())])];
    }

    /// <summary>Logits at every position, fed in chunks of the given size; a two-way prompt stays whole.</summary>
    public float[][] Logits(int[] ids, AdapterSet? adapters = null, int chunk = int.MaxValue)
    {
        Text text = Begin(adapters, ids.Length);
        text.Context = decoder.ReadContext(ids, text.Adapters);
        int whole = text.Context.PrefixLength;
        IEnumerable<int[]> parts = ids[whole..].Chunk(Math.Clamp(chunk, 1, ids.Length));
        return [.. (whole > 0 ? parts.Prepend(ids[..whole]) : parts).SelectMany(part => Step((text, part))[0])];
    }

    /// <summary>Random ids; for families with two-way prompts the last third is answer.</summary>
    public int[] RandomIds(int seed, int count)
    {
        var random = new Random(seed);
        int[] ids = [.. Enumerable.Range(0, count).Select(_ => random.Next(decoder.Shape.Vocabulary))];
        int[] marks = decoder.AsPrompt([]);
        if (marks.Length == 0) return ids;
        for (int i = 0; i < count; i++) ids[i] = marks.Contains(ids[i]) ? 0 : ids[i];
        marks.CopyTo(ids, count * 2 / 3);
        return ids;
    }

    /// <summary>The likeliest continuation, token by token over the cache.</summary>
    public int[] Greedy(int[] ids, int count, AdapterSet? adapters = null)
    {
        Text text = Begin(adapters, ids.Length + count);
        float[] last = Step((text, ids))[0][^1];
        var generated = new List<int>();
        while (generated.Count < count)
        {
            int next = ArgMax(last);
            generated.Add(next);
            last = Step((text, [next]))[0][0];
        }
        return [.. generated];
    }

    public static int ArgMax(float[] values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++) if (values[i] > values[best]) best = i;
        return best;
    }

    public void Dispose() => _cache.Dispose();
}
