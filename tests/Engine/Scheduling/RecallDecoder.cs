using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.EngineTests.Scheduling;

/// <summary>Writes the logits that follow some ids.</summary>
delegate void Continuation(ReadOnlySpan<int> ids, AdapterSet adapters, Span<float> logits);

/// <summary>
/// A decoder that remembers nothing but what was written into cache blocks: it keeps the id of each cache cell, and computes the logits after a token from the
/// ids it finds through the sequence's block table. A block that was not written or was given away shows in the answer, and none may be written that another sequence reads.
/// </summary>
sealed class RecallDecoder(Continuation continuation, int vocabulary = 300, int context = 1024, bool promptInOneStep = false) : Decoder
{
    readonly Dictionary<int, int> _cells = [];

    /// <summary>(sequences, tokens, rows of logits) of each step, the warm-up's two included.</summary>
    public List<(int Sequences, int Tokens, int Rows)> Steps { get; } = [];

    /// <summary>What the numbers of its cache are.</summary>
    public CacheFormat Format { get; init; } = CacheFormat.Float32;

    /// <summary>The key and value of an id.</summary>
    public Func<int, float> NumberOf { get; init; } = id => id;

    /// <summary>Called at the start of each step.</summary>
    public Action<Batch>? OnStep { get; set; }

    public override DecoderShape Shape { get; } = new(1, 1, 1, vocabulary, context);

    public override ModuleTable Modules { get; } = new();

    public override TextContext ReadContext(ReadOnlySpan<int> ids, AdapterSet adapters) =>
        TextContext.Causal with { PrefixLength = promptInOneStep ? ids.Length : 0 };

    public override long WeightBytes => 0;

    /// <summary>Logits that look random and depend on every id, its place and the adapters.</summary>
    public static void Random(ReadOnlySpan<int> ids, AdapterSet adapters, Span<float> logits)
    {
        ulong state = 0;
        foreach (int id in ids) state = Mix(state + (ulong)id + 1);
        foreach ((LoraAdapter adapter, float scale) in adapters.Entries)
        {
            foreach (char c in adapter.Name) state = Mix(state + c);
            state = Mix(state + BitConverter.SingleToUInt32Bits(scale));
        }
        for (int id = 0; id < logits.Length; id++) logits[id] = (Mix(state ^ ((ulong)id << 32)) >> 40) * (10f / (1 << 24));
    }

    static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    public override TokenCache NewCache(int blocks) => new KvCache(1, 1, 1, blocks, Format);

    public override void Forward(Batch batch, TokenCache cache, Matrix logits)
    {
        OnStep?.Invoke(batch);
        Steps.Add((batch.Sequences.Length, batch.Tokens, batch.LogitTokens.Length));
        var readers = new HashSet<(int Block, int Sequence)>();
        var writers = new Dictionary<int, int>();
        for (int i = 0; i < batch.Sequences.Length; i++)
        {
            BatchSequence sequence = batch.Sequences[i];
            int blocks = (sequence.Start + sequence.TokenCount + KvCache.BlockTokens - 1) / KvCache.BlockTokens;
            for (int b = 0; b < blocks; b++)
            {
                int block = sequence.BlockTable[b];
                Assert.InRange(block, 0, cache.Blocks - 1);
                Assert.True(readers.Add((block, i)), $"block {block} is twice in one sequence");
                if (b >= sequence.Start / KvCache.BlockTokens) Assert.True(writers.TryAdd(block, i), $"block {block} is written by two sequences of one step");
            }
            for (int t = 0; t < sequence.TokenCount; t++)
            {
                int index = sequence.Start + t, id = batch.TokenIds[sequence.FirstToken + t];
                _cells[Cell(sequence, index)] = id;
                ((KvCache)cache).Write(0, sequence.BlockTable[index / KvCache.BlockTokens], index % KvCache.BlockTokens, [NumberOf(id)], [NumberOf(id)]);
            }
        }
        foreach ((int block, int reader) in readers) Assert.True(!writers.TryGetValue(block, out int writer) || writer == reader, $"block {block} is written while another sequence reads it");
        int row = 0;
        foreach (BatchSequence sequence in batch.Sequences)
        {
            for (int t = 0; t < sequence.TokenCount; t++)
            {
                if (row == batch.LogitTokens.Length || batch.LogitTokens[row] != sequence.FirstToken + t) continue;
                int[] seen = [.. Enumerable.Range(0, sequence.Start + t + 1).Select(i => _cells[Cell(sequence, i)])];
                int own = sequence.Adapters.Entries.Select(entry => entry.Adapter.Vocabulary).LastOrDefault(v => v is not null) ?? Shape.Vocabulary;
                logits.Row(row).Fill(float.NegativeInfinity);
                continuation(seen, sequence.Adapters, logits.Row(row)[..own]);
                row++;
            }
        }
        Assert.Equal(batch.LogitTokens.Length, row);
    }

    static int Cell(BatchSequence sequence, int index) => (sequence.BlockTable[index / KvCache.BlockTokens] * KvCache.BlockTokens) + (index % KvCache.BlockTokens);

    public override void Dispose() { }
}
