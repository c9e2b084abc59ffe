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
    /// <summary>Tokens of a run that share one pass over keys and values.</summary>
    const int TileTokens = 16;

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

        long blocks = 0;
        int items = 0;
        foreach (TokenRun run in runs)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(run.FirstToken + run.TokenCount, Math.Min(queries.Rows, output.Rows), nameof(runs));
            blocks += BlocksOf(run);
            items += (run.TokenCount + TileTokens - 1) / TileTokens * cache.KvHeads;
        }
        if (items == 0) return;

        var layout = new TileLayout(group, headDim);
        long runBytes = Align(runs.Length * (long)sizeof(NativeRun)), pointerBytes = Align(blocks * sizeof(float*));
        byte* scratch = Scratch.Take(runBytes + pointerBytes + (pool.Threads * layout.Bytes));
        var native = (NativeRun*)scratch;
        var table = (float**)(scratch + runBytes);
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
            KvHeads = cache.KvHeads,
            Group = group,
            HeadDim = headDim,
            HeadFloats = cache.HeadFloats,
            Queries = queries,
            Output = output,
            Scale = scale,
            Window = window,
            SoftCap = softCap,
            Layout = layout,
            Scratch = scratch + runBytes + pointerBytes,
        };
        pool.Run(items, &Item<TPanel, TLanes>, &job);
    }

    static int BlocksOf(TokenRun run) =>
        run.TokenCount == 0 ? 0 : (TokenRun.VisibleTo(run.Start + run.TokenCount - 1, run.PrefixLength) + BlockTokens - 1) / BlockTokens;

    static long Align(long bytes) => (bytes + 63) & ~63L;

    /// <summary>One tile of tokens of one sequence for all query heads of one cache head.</summary>
    static void Item<TPanel, TLanes>(Job* job, int item, int worker) where TPanel : struct, IPanelKernel where TLanes : struct, ILanes<TLanes>
    {
        NativeRun* run = job->Runs;
        int tilesLeft = item / job->KvHeads, kvHead = item % job->KvHeads;
        for (; tilesLeft >= (run->Tokens + TileTokens - 1) / TileTokens; run++) tilesLeft -= (run->Tokens + TileTokens - 1) / TileTokens;

        int firstToken = tilesLeft * TileTokens, tokens = Math.Min(TileTokens, run->Tokens - firstToken);
        var tile = new Tile(job->Layout, job->Scratch + (worker * job->Layout.Bytes));
        for (int t = 0; t < tokens; t++)
        {
            float* q = job->Queries.RowPointer(run->FirstToken + firstToken + t) + ((long)kvHead * job->Group * job->HeadDim);
            for (int h = 0; h < job->Group; h += Panel.MaxTile)
            {
                int rows = Math.Min(Panel.MaxTile, job->Group - h);
                Transposition.Tile(q + (h * job->HeadDim), job->HeadDim, rows, job->HeadDim, tile.Query(t, h), Panel.TileFor(rows));
            }
            tile.Reset(t);
        }

        int firstIndex = run->Start + firstToken;
        int from = TokenRun.VisibleFrom(firstIndex, job->Window), to = TokenRun.VisibleTo(firstIndex + tokens - 1, run->Prefix);
        for (int block = from / BlockTokens; block * BlockTokens < to; block++)
        {
            float* keys = run->Blocks[block] + (kvHead * job->HeadFloats), values = keys + (job->HeadDim * BlockTokens);
            for (int t = 0; t < tokens; t++)
            {
                int index = firstIndex + t;
                int visibleFrom = Math.Max(0, TokenRun.VisibleFrom(index, job->Window) - (block * BlockTokens));
                int visibleTo = Math.Min(BlockTokens, TokenRun.VisibleTo(index, run->Prefix) - (block * BlockTokens));
                if (visibleFrom >= visibleTo) continue;
                for (int h = 0; h < job->Group; h += Panel.MaxTile) Fold<TPanel, TLanes>(job, ref tile, t, h, keys, values, visibleFrom, visibleTo);
            }
        }

        for (int t = 0; t < tokens; t++)
        {
            float* output = job->Output.RowPointer(run->FirstToken + firstToken + t) + ((long)kvHead * job->Group * job->HeadDim);
            for (int h = 0; h < job->Group; h++)
            {
                float* sums = tile.Sums(t, h);
                TLanes weight = TLanes.Create(tile.Weight(t)[h]);
                for (int d = 0; d < job->HeadDim; d += 16) (TLanes.Load(sums + d) / weight).Store(sums + d);
                new Span<float>(sums, job->HeadDim).CopyTo(new Span<float>(output + (h * job->HeadDim), job->HeadDim));
            }
        }
    }

    /// <summary>Folds the keys and values [from, to) of one block into the sums of one token's heads <paramref name="head"/> … .</summary>
    static void Fold<TPanel, TLanes>(Job* job, ref Tile tile, int token, int head, float* keys, float* values, int from, int to)
        where TPanel : struct, IPanelKernel where TLanes : struct, ILanes<TLanes>
    {
        int rows = Math.Min(Panel.MaxTile, job->Group - head), size = Panel.TileFor(rows);
        float* scores = tile.Scores, maxima = tile.Maximum(token) + head, weights = tile.Weight(token) + head, sums = tile.Sums(token, head);
        TPanel.Multiply<Float32Weights, PackedTile>((byte*)keys, job->HeadDim, tile.Query(token, head), size, scores, BlockTokens, accumulate: false);
        ScaleAndMask<TLanes>(job, scores, rows, from, to);
        for (int r = 0; r < rows; r++)
        {
            float* row = scores + (r * BlockTokens);
            TLanes low = TLanes.Load(row), high = TLanes.Load(row + 16);
            float largest = TLanes.Max(low, high).Largest();
            if (largest > maxima[r]) Raise<TLanes>(ref maxima[r], largest, ref weights[r], sums + (r * job->Layout.SumsStride), job->Layout.SumsStride);
            TLanes maximum = TLanes.Create(maxima[r]);
            low = LaneMath.Exp(low - maximum);
            high = LaneMath.Exp(high - maximum);
            low.Store(row);
            high.Store(row + 16);
            weights[r] += (low + high).Sum();
        }

        // Only visible slots are summed: 0 · NaN of an unused slot would not be 0.
        for (int d = 0; d < job->HeadDim; d += Panel.Rows)
        {
            TPanel.Multiply<Float32Weights, PanelTile>(
                (byte*)(values + (d * BlockTokens) + (from * Panel.Rows)), to - from, scores + from, size, sums + d, job->Layout.SumsStride, accumulate: true);
        }
    }

    static void ScaleAndMask<TLanes>(Job* job, float* scores, int rows, int from, int to) where TLanes : struct, ILanes<TLanes>
    {
        TLanes none = TLanes.Create(float.NegativeInfinity), scale = TLanes.Create(job->Scale), cap = TLanes.Create(job->SoftCap);
        bool cut = from > 0 || to < BlockTokens, capped = job->SoftCap > 0;
        for (int column = 0; column < BlockTokens; column += 16)
        {
            for (int r = 0; r < rows; r++)
            {
                float* place = scores + (r * BlockTokens) + column;
                TLanes score = TLanes.Load(place) * scale;
                if (capped) score = LaneMath.Tanh(score / cap) * cap;
                if (cut) score = TLanes.WhereLane(from - column, to - column, score, none);
                score.Store(place);
            }
        }
    }

    /// <summary>A larger maximum: what was summed under the old one shrinks.</summary>
    static void Raise<TLanes>(ref float maximum, float larger, ref float weight, float* sums, int channels) where TLanes : struct, ILanes<TLanes>
    {
        float decay = LaneMath.Exp(maximum - larger);
        maximum = larger;
        weight *= decay;
        TLanes factor = TLanes.Create(decay);
        for (int d = 0; d < channels; d += 16) (TLanes.Load(sums + d) * factor).Store(sums + d);
    }

    struct NativeRun
    {
        public int FirstToken;
        public int Tokens;
        public int Start;
        public int Prefix;
        public float** Blocks;
    }

    struct Job
    {
        public NativeRun* Runs;
        public int KvHeads;
        public int Group;
        public int HeadDim;
        public long HeadFloats;
        public Matrix Queries;
        public Matrix Output;
        public float Scale;
        public int Window;
        public float SoftCap;
        public TileLayout Layout;
        public byte* Scratch;
    }

    /// <summary>How a worker's scratch memory is divided, in floats.</summary>
    readonly struct TileLayout
    {
        /// <summary>Heads of a group with the padding of its last tile.</summary>
        public readonly int Heads;
        public readonly int HeadDim;
        public readonly int SumsStride;

        public TileLayout(int group, int headDim)
        {
            Heads = (group + Panel.MaxTile - 1) / Panel.MaxTile * Panel.MaxTile;
            HeadDim = headDim;
            SumsStride = (headDim + 31) & ~31;
        }

        public int TokenFloats => Heads * (HeadDim + SumsStride + 2);

        public long Bytes => Align(((TileTokens * (long)TokenFloats) + (Panel.MaxTile * BlockTokens)) * sizeof(float));
    }

    /// <summary>The running state of a tile: per token its packed queries, sums, largest scores and weights; and room for one block's scores.</summary>
    readonly struct Tile(TileLayout layout, byte* scratch)
    {
        readonly float* _tokens = (float*)scratch + (Panel.MaxTile * BlockTokens);

        public float* Scores => (float*)scratch;

        public float* Sums(int token, int head) => _tokens + ((long)token * layout.TokenFloats) + ((long)head * layout.SumsStride);

        public float* Query(int token, int head) => Sums(token, layout.Heads) + ((long)head * layout.HeadDim);

        public float* Maximum(int token) => Query(token, layout.Heads);

        public float* Weight(int token) => Maximum(token) + layout.Heads;

        public void Reset(int token)
        {
            new Span<float>(Sums(token, 0), layout.Heads * layout.SumsStride).Clear();
            new Span<float>(Maximum(token), layout.Heads).Fill(float.NegativeInfinity);
            new Span<float>(Weight(token), layout.Heads).Clear();
        }
    }
}
