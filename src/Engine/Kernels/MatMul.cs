using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Panels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels;

/// <summary>
/// y = x·Wᵀ over packed weights. y[t, r] is the sum over k = 0 … K − 1, in that order, of fused multiply-adds x[t, k]·w[r, k], whatever the number
/// of tokens, the tile, the threads or the vector width: rows are shared out, sums are not (design D2). Block formats sum integers within a block
/// and fused multiply-adds over blocks, in their order (<see cref="Blocks.IBlockFormat{TSelf}"/>).
/// </summary>
internal static unsafe class MatMul
{
    /// <summary>Multiplications below which waking the pool costs more than it brings.</summary>
    const long InlineWork = 1 << 13;

    /// <summary>Multiplications that a chunk should have.</summary>
    const long ChunkWork = 1 << 14;

    /// <summary>
    /// Tiles that pass under each panel before the next panel is read: few enough that activations do not push the panel out of the second-level
    /// cache, many enough that weights are seldom read again. Blocks of columns were slower: they interrupt both streams.
    /// </summary>
    const int TileBlock = 22;

    /// <summary>Products of one job at most: their descriptions lie on the stack.</summary>
    const int MostJobs = 64;

    /// <summary>y[t, r] = Σₖ x[t, k]·w[r, k].</summary>
    /// <param name="x">(tokens, w.Columns)</param>
    /// <param name="y">(tokens, w.Rows); overwritten; must not overlap x.</param>
    public static void Multiply(WorkerPool pool, PackedMatrix w, Matrix x, Matrix y) => MultiplyAll(pool, [new WeightProduct(w, x, y)]);

    /// <summary>y[t, r] = fma(scale, Σₖ x[t, k]·w[r, k], y[t, r]): the sum is complete before it is scaled and added.</summary>
    public static void MultiplyAdd(WorkerPool pool, PackedMatrix w, Matrix x, float scale, Matrix y) => MultiplyAll(pool, [new WeightProduct(w, x, y, scale)]);

    public static void Multiply<TPanel>(WorkerPool pool, PackedMatrix w, Matrix x, Matrix y) where TPanel : struct, IPanelKernel =>
        MultiplyAll<TPanel>(pool, [new WeightProduct(w, x, y)]);

    public static void MultiplyAdd<TPanel>(WorkerPool pool, PackedMatrix w, Matrix x, float scale, Matrix y) where TPanel : struct, IPanelKernel =>
        MultiplyAll<TPanel>(pool, [new WeightProduct(w, x, y, scale)]);

    /// <summary>Several products at once, whose results no other of them reads or writes: threads meet once for all, and share out small ones, too.</summary>
    public static void MultiplyAll(WorkerPool pool, ReadOnlySpan<WeightProduct> products)
    {
        switch (SimdWidth.Bits)
        {
            case 512: MultiplyAll<Panel512>(pool, products); break;
            case 256: MultiplyAll<Panel256>(pool, products); break;
            default: MultiplyAll<PanelScalar>(pool, products); break;
        }
    }

    public static void MultiplyAll<TPanel>(WorkerPool pool, ReadOnlySpan<WeightProduct> products) where TPanel : struct, IPanelKernel
    {
        Job* jobs = stackalloc Job[Math.Min(products.Length, MostJobs)];
        for (int first = 0; first < products.Length; first += MostJobs)
        {
            ReadOnlySpan<WeightProduct> together = products[first..Math.Min(first + MostJobs, products.Length)];
            for (int i = 0; i < together.Length; i++) jobs[i] = together[i].ToJob<TPanel>();
            Run(pool, new Jobs { First = jobs, Count = together.Length });
            foreach (ref readonly WeightProduct product in together) GC.KeepAlive(product.Weight);
        }
    }

    static void Run(WorkerPool pool, Jobs jobs)
    {
        long packedBytes = 0, work = 0;
        int tiles = 0, panels = 0;
        for (Job* job = jobs.First; job != jobs.End; job++)
        {
            packedBytes += job->PackedBytes;
            work += (long)job->Rows * job->Columns * job->Tokens;
            tiles = Math.Max(tiles, job->Tiles);
            panels += job->PanelCount;
        }
        bool inline = work < InlineWork || pool.Threads == 1;

        byte* packed = packedBytes > 0 ? Scratch.Take(packedBytes) : null;
        int packs = 0, chunks = 0;
        for (Job* job = jobs.First; job != jobs.End; job++)
        {
            if (job->PackedBytes > 0)
            {
                job->Packed = packed;
                packed += job->PackedBytes;
                job->Packs = job->Tiles;
            }
            job->PanelsPerChunk = inline ? Math.Max(1, job->PanelCount) : PanelsPerChunk(job, panels, pool.Threads);
            job->Chunks = (job->PanelCount + job->PanelsPerChunk - 1) / job->PanelsPerChunk;
            packs += job->Packs;
            chunks += job->Chunks;
        }

        if (inline || tiles == 1) for (int pack = 0; pack < packs; pack++) PackAny(&jobs, pack, 0);
        else pool.Run(packs, &PackAny, &jobs);
        if (inline) for (int chunk = 0; chunk < chunks; chunk++) MultiplyAny(&jobs, chunk, 0);
        else pool.Run(chunks, &MultiplyAny, &jobs);
    }

    /// <summary>Small enough that threads end together, large enough that claiming a chunk costs little beside it.</summary>
    /// <param name="panels">Of all products of the job.</param>
    static int PanelsPerChunk(Job* job, int panels, int threads)
    {
        long worthwhile = 1 + (ChunkWork / Math.Max(1, (long)Panel.Rows * job->Columns * job->Tokens)), shared = ((long)job->PanelCount + threads - 1) / threads;
        return Math.Max((int)Math.Max(1, Math.Min(worthwhile, shared)), Math.Clamp(panels / (threads * 8), 1, 8));
    }

    static void PackAny(Jobs* jobs, int tile, int worker)
    {
        Job* job = jobs->First;
        for (; tile >= job->Packs; job++) tile -= job->Packs;
        job->Pack(job, tile, worker);
    }

    static void MultiplyAny(Jobs* jobs, int chunk, int worker)
    {
        Job* job = jobs->First;
        for (; chunk >= job->Chunks; job++) chunk -= job->Chunks;
        job->Multiply(job, chunk, worker);
    }

    /// <summary>Packs one tile of activations for formats that read floats.</summary>
    internal static void PackTile(Job* job, int tile, int worker)
    {
        int first = tile * Panel.MaxTile, tokens = Math.Min(Panel.MaxTile, job->Tokens - first);
        Transposition.Tile(
            job->X + (first * job->XStride), job->XStride, tokens, job->Columns, (float*)(job->Packed + (first * job->TokenBytes)), Panel.TileFor(tokens));
    }

    /// <summary>Multiplies one range of panels with all tokens.</summary>
    internal static void Chunk<TProduct>(Job* job, int chunk, int worker) where TProduct : struct, ITileProduct
    {
        int firstPanel = chunk * job->PanelsPerChunk, endPanel = Math.Min(firstPanel + job->PanelsPerChunk, job->PanelCount);
        float* spare = stackalloc float[Panel.MaxTile * Panel.Rows];
        for (int firstTile = 0; firstTile < job->Tiles; firstTile += TileBlock)
        {
            int endTile = Math.Min(firstTile + TileBlock, job->Tiles);
            for (int panel = firstPanel; panel < endPanel; panel++)
                for (int tile = firstTile; tile < endTile; tile++) MultiplyTile<TProduct>(job, panel, tile, spare);
        }
    }

    static void MultiplyTile<TProduct>(Job* job, int panel, int tile, float* spare) where TProduct : struct, ITileProduct
    {
        int first = tile * Panel.MaxTile, tokens = Math.Min(Panel.MaxTile, job->Tokens - first), size = Panel.TileFor(tokens);
        int rows = Math.Min(Panel.Rows, job->Rows - (panel * Panel.Rows));
        byte* weights = job->Panels + (panel * job->PanelBytes);
        byte* x = job->Packed + (first * job->TokenBytes);
        float* y = job->Y + (first * job->YStride) + (panel * Panel.Rows);
        if (rows == Panel.Rows && tokens == size && !job->Add)
        {
            TProduct.Multiply(weights, job->Columns, x, size, y, job->YStride);
            return;
        }

        // A cut panel, a padded tile or a scaled sum: through a spare tile, of which only what exists is copied.
        TProduct.Multiply(weights, job->Columns, x, size, spare, Panel.Rows);
        for (int t = 0; t < tokens; t++)
        {
            var from = new Span<float>(spare + (t * Panel.Rows), rows);
            var to = new Span<float>(y + (t * job->YStride), rows);
            if (job->Add) Elementwise.AddScaled(from, job->Scale, to);
            else from.CopyTo(to);
        }
    }

    /// <summary>One product as the threads see it.</summary>
    internal struct Job
    {
        public byte* Panels;
        public long PanelBytes;
        public int PanelCount;
        public int PanelsPerChunk;
        public int Columns;
        public int Rows;
        public float* X;
        public nint XStride;
        public byte* Packed;
        public long PackedBytes; // 0 where activations are read where they lie
        public long TokenBytes;
        public float* Y;
        public nint YStride;
        public int Tokens;
        public int Tiles;
        public bool Add;
        public float Scale;
        public int Packs;
        public int Chunks;
        public delegate*<Job*, int, int, void> Pack;
        public delegate*<Job*, int, int, void> Multiply;
    }

    struct Jobs
    {
        public Job* First;
        public int Count;

        public readonly Job* End => First + Count;
    }
}
