using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Lanes;
using Juxta.Engine.Kernels.Panels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels;

/// <summary>
/// Scaled dot-product attention over the cache (Vaswani et al. 2017) with the running softmax of Milakov and Gimelshein 2018. Keys are folded in
/// blocks of 32 counted from the start of the sequence, so a token's result depends on its query and on the keys it sees, and not on chunking,
/// batch or threads. Cache slots that a token does not see never enter its result, whatever they hold.
/// </summary>
internal static unsafe class Attention
{
    const int BlockTokens = KvCache.BlockTokens;

    /// <summary>output[t, h] = softmax(cap(scale·q·K))·V over the keys that token t sees.</summary>
    /// <param name="cache">Holds keys and values of all visible tokens, those of this batch included.</param>
    /// <param name="queries">(tokens, heads·headDim)</param>
    /// <param name="output">(tokens, heads·headDim); may be <paramref name="queries"/> itself.</param>
    /// <param name="heads">Query heads, a multiple of the cache's: head h reads cache head h / (heads / kvHeads).</param>
    /// <param name="scale">Factor on the scores, usually 1/√headDim.</param>
    /// <param name="window">Sliding window: a token sees this many tokens, itself included; 0 = all.</param>
    /// <param name="softCap">c of c·tanh(score/c); 0 = none.</param>
    public static void Run(
        WorkerPool pool, KvCache cache, int layer, ReadOnlySpan<TokenRun> runs, Matrix queries, Matrix output, int heads, float scale, int window = 0, float softCap = 0)
    {
        switch (SimdWidth.Bits)
        {
            case 512: Run<Panel512, Lanes512>(pool, cache, layer, runs, queries, output, heads, scale, window, softCap); break;
            case 256: Run<Panel256, Lanes256>(pool, cache, layer, runs, queries, output, heads, scale, window, softCap); break;
            default: Run<PanelScalar, LanesScalar>(pool, cache, layer, runs, queries, output, heads, scale, window, softCap); break;
        }
    }

    public static void Run<TPanel, TLanes>(
        WorkerPool pool, KvCache cache, int layer, ReadOnlySpan<TokenRun> runs, Matrix queries, Matrix output, int heads, float scale, int window, float softCap)
        where TPanel : struct, IPanelKernel where TLanes : struct, ILanes<TLanes>
    {
        int group = heads / cache.KvHeads, headDim = cache.HeadDim;
        if (group * cache.KvHeads != heads) throw new ArgumentException($"{heads} query heads do not share {cache.KvHeads} key/value heads evenly");
        if (queries.Columns != heads * headDim || output.Columns != heads * headDim)
            throw new ArgumentException($"queries ({queries.Columns}) and output ({output.Columns}) must have {heads} heads of {headDim} columns");

        var layout = new AttentionTile.Layout(group, headDim);
        long blocks = 0;
        int items = 0;
        foreach (TokenRun run in runs)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(run.FirstToken + run.TokenCount, Math.Min(queries.Rows, output.Rows), nameof(runs));
            blocks += BlocksOf(run);
            items += (run.TokenCount + layout.Tokens - 1) / layout.Tokens * cache.KvHeads;
        }
        if (items == 0) return;

        long runBytes = Align(runs.Length * (long)sizeof(NativeRun)), pointerBytes = Align(blocks * sizeof(byte*));
        byte* scratch = Scratch.Take(runBytes + pointerBytes + (pool.Threads * layout.Bytes));
        var native = (NativeRun*)scratch;
        var table = (byte**)(scratch + runBytes);
        for (int i = 0; i < runs.Length; i++)
        {
            TokenRun run = runs[i];
            native[i] = new NativeRun { FirstToken = run.FirstToken, Tokens = run.TokenCount, Start = run.Start, Prefix = run.PrefixLength, Blocks = table };
            int count = BlocksOf(run);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, run.BlockTable.Length, nameof(runs));
            for (int b = 0; b < count; b++) *table++ = cache.Keys(layer, run.BlockTable[b], 0);
        }

        var job = new Job
        {
            Runs = native,
            Items = items,
            KvHeads = cache.KvHeads,
            HeadBytes = cache.HeadBytes,
            KeyBytes = cache.KeyBytes,
            Queries = queries,
            Output = output,
            Scale = scale,
            Window = window,
            SoftCap = softCap,
            Layout = layout,
            Scratch = scratch + runBytes + pointerBytes,
        };
        pool.Run(items, cache.Format.Item<TPanel, TLanes>(), &job);
        GC.KeepAlive(cache);
    }

    static int BlocksOf(TokenRun run) =>
        run.TokenCount == 0 ? 0 : (TokenRun.VisibleTo(run.Start + run.TokenCount - 1, run.PrefixLength) + BlockTokens - 1) / BlockTokens;

    static long Align(long bytes) => (bytes + 63) & ~63L;

    /// <summary>One tile of tokens of one sequence for all query heads of one cache head. The last items, which see most keys, come first.</summary>
    internal static void Item<TPanel, TLanes, TKeys, TValues>(Job* job, int chunk, int worker)
        where TPanel : struct, IPanelKernel where TLanes : struct, ILanes<TLanes> where TKeys : struct, IWeightFormat<TKeys> where TValues : struct, IWeightFormat<TValues>
    {
        int item = job->Items - 1 - chunk, tilesBefore = item / job->KvHeads, kvHead = item % job->KvHeads, tileTokens = job->Layout.Tokens;
        NativeRun* run = job->Runs;
        for (; tilesBefore >= (run->Tokens + tileTokens - 1) / tileTokens; run++) tilesBefore -= (run->Tokens + tileTokens - 1) / tileTokens;

        int first = tilesBefore * tileTokens, tokens = Math.Min(tileTokens, run->Tokens - first), index = run->Start + first;
        Matrix queries = Heads(job->Queries, job, run->FirstToken + first, tokens, kvHead), output = Heads(job->Output, job, run->FirstToken + first, tokens, kvHead);
        var tile = new AttentionTile(job->Layout, job->Scratch + (worker * job->Layout.Bytes), index, tokens, run->Prefix, job->Window, job->Scale, job->SoftCap);
        tile.Start(queries);
        int from = TokenRun.VisibleFrom(index, job->Window), to = TokenRun.VisibleTo(index + tokens - 1, run->Prefix);
        for (int block = from / BlockTokens; block * BlockTokens < to; block++)
        {
            byte* keys = run->Blocks[block] + (kvHead * job->HeadBytes);
            tile.Fold<TPanel, TLanes, TKeys, TValues>(block * BlockTokens, keys, keys + job->KeyBytes);
        }
        tile.Finish<TLanes>(output);
    }

    /// <summary>The columns of one cache head's query heads in the rows of a tile.</summary>
    static Matrix Heads(Matrix matrix, Job* job, int firstRow, int rows, int kvHead)
    {
        int columns = job->Layout.Group * job->Layout.HeadDim;
        return matrix.RowRange(firstRow, rows).ColumnRange(kvHead * columns, columns);
    }

    internal struct NativeRun
    {
        public int FirstToken;
        public int Tokens;
        public int Start;
        public int Prefix;
        public byte** Blocks;
    }

    internal struct Job
    {
        public NativeRun* Runs;
        public int Items;
        public int KvHeads;
        public long HeadBytes;
        public long KeyBytes;
        public Matrix Queries;
        public Matrix Output;
        public float Scale;
        public int Window;
        public float SoftCap;
        public AttentionTile.Layout Layout;
        public byte* Scratch;
    }
}
