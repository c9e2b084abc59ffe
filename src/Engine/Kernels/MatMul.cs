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
    const long InlineWork = 1 << 16;

    /// <summary>
    /// Tiles that pass under each panel before the next panel is read: few enough that activations do not push the panel out of the second-level
    /// cache, many enough that weights are seldom read again. Blocks of columns were slower: they interrupt both streams.
    /// </summary>
    const int TileBlock = 22;

    /// <summary>y[t, r] = Σₖ x[t, k]·w[r, k].</summary>
    /// <param name="x">(tokens, w.Columns)</param>
    /// <param name="y">(tokens, w.Rows); overwritten; must not overlap x.</param>
    public static void Multiply(WorkerPool pool, PackedMatrix w, Matrix x, Matrix y)
    {
        switch (SimdWidth.Bits)
        {
            case 512: Multiply<Panel512>(pool, w, x, y); break;
            case 256: Multiply<Panel256>(pool, w, x, y); break;
            default: Multiply<PanelScalar>(pool, w, x, y); break;
        }
    }

    /// <summary>y[t, r] = fma(scale, Σₖ x[t, k]·w[r, k], y[t, r]): the sum is complete before it is scaled and added.</summary>
    public static void MultiplyAdd(WorkerPool pool, PackedMatrix w, Matrix x, float scale, Matrix y)
    {
        switch (SimdWidth.Bits)
        {
            case 512: MultiplyAdd<Panel512>(pool, w, x, scale, y); break;
            case 256: MultiplyAdd<Panel256>(pool, w, x, scale, y); break;
            default: MultiplyAdd<PanelScalar>(pool, w, x, scale, y); break;
        }
    }

    public static void Multiply<TPanel>(WorkerPool pool, PackedMatrix w, Matrix x, Matrix y) where TPanel : struct, IPanelKernel =>
        Run<TPanel>(pool, w, x, y, add: false, scale: 1);

    public static void MultiplyAdd<TPanel>(WorkerPool pool, PackedMatrix w, Matrix x, float scale, Matrix y) where TPanel : struct, IPanelKernel =>
        Run<TPanel>(pool, w, x, y, add: true, scale);

    static void Run<TPanel>(WorkerPool pool, PackedMatrix w, Matrix x, Matrix y, bool add, float scale) where TPanel : struct, IPanelKernel
    {
        if (x.Columns != w.Columns || y.Columns != w.Rows || x.Rows != y.Rows)
            throw new ArgumentException($"shapes do not fit: x ({x.Rows}, {x.Columns}) times a weight of ({w.Rows}, {w.Columns}) into y ({y.Rows}, {y.Columns})");
        if (x.Rows == 0 || w.Rows == 0) return;

        int tiles = (x.Rows + Panel.MaxTile - 1) / Panel.MaxTile;
        var job = new Job
        {
            Panels = w.Panels,
            PanelBytes = w.PanelBytes,
            PanelCount = w.PanelCount,
            Columns = w.Columns,
            Rows = w.Rows,
            X = x.Data,
            XStride = x.Stride,
            Y = y.Data,
            YStride = y.Stride,
            TokenBytes = w.Format.TokenBytes(w.Columns),
            Tokens = x.Rows,
            Tiles = tiles,
            Add = add,
            Scale = scale,
        };

        bool inline = (long)w.Rows * w.Columns * x.Rows < InlineWork;
        if (x.Rows == 1 && w.Format.ReadsFloats)
        {
            job.Packed = (byte*)x.Data;
        }
        else
        {
            job.Packed = Scratch.Take(tiles * Panel.MaxTile * job.TokenBytes);
            delegate*<Job*, int, int, void> packTile = w.Format.PackTile();
            if (inline || tiles == 1) for (int tile = 0; tile < tiles; tile++) packTile(&job, tile, 0);
            else pool.Run(tiles, packTile, &job);
        }

        delegate*<Job*, int, int, void> chunk = w.Format.Chunk<TPanel>();
        if (inline || pool.Threads == 1)
        {
            job.PanelsPerChunk = w.PanelCount;
            chunk(&job, 0, 0);
        }
        else
        {
            job.PanelsPerChunk = Math.Clamp(w.PanelCount / (pool.Threads * 8), 1, 16);
            pool.Run((w.PanelCount + job.PanelsPerChunk - 1) / job.PanelsPerChunk, chunk, &job);
        }
        GC.KeepAlive(w);
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
        public long TokenBytes;
        public float* Y;
        public nint YStride;
        public int Tokens;
        public int Tiles;
        public bool Add;
        public float Scale;
    }
}
