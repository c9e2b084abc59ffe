using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Lanes;
using Juxta.Engine.Kernels.Panels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels;

/// <summary>
/// The running softmax of a tile of tokens and the query heads that share one cache head. A row is one head of one token, row = token·group + head;
/// rows go through the panel kernel twelve at a time.
/// </summary>
internal readonly unsafe struct AttentionTile(
    AttentionTile.Layout layout, byte* scratch, int firstIndex, int tokens, int prefixLength, int window, float scale, float softCap)
{
    const int BlockTokens = KvCache.BlockTokens;

    readonly int _rows = tokens * layout.Group;

    /// <summary>(12 rows, 32 keys), and as many rows again that a padded tile may read.</summary>
    float* Scores => (float*)scratch;

    /// <summary>(12 rows, SumsStride)</summary>
    float* Spare => Scores + (2 * Panel.MaxTile * BlockTokens);

    /// <summary>Keys of a block, (HeadDim, 32 tokens), and behind them its values, (panels of 32 channels, 32 tokens, 32 channels), where they are widened first.</summary>
    float* Widened => Spare + (Panel.MaxTile * layout.SumsStride);

    /// <summary>(rows, SumsStride): Σ e^(score − maximum)·value so far.</summary>
    float* Sums => Widened + ((layout.HeadDim + layout.SumsStride) * BlockTokens);

    /// <summary>Twelve rows after twelve rows, each packed (HeadDim, rows of the tile).</summary>
    float* Queries => Sums + (layout.Rows * layout.SumsStride);

    /// <summary>Largest score of each row so far.</summary>
    float* Maxima => Queries + (layout.Rows * layout.HeadDim);

    /// <summary>Σ e^(score − maximum) of each row so far.</summary>
    float* Weights => Maxima + layout.Rows;

    /// <param name="queries">(tokens, group·HeadDim)</param>
    public void Start(Matrix queries)
    {
        // Rows of all tokens one below the other, in the place of the sums; then packed.
        for (int t = 0; t < tokens; t++)
            queries.Row(t).CopyTo(new Span<float>(Sums + ((long)t * layout.Group * layout.HeadDim), layout.Group * layout.HeadDim));
        for (int first = 0; first < _rows; first += Panel.MaxTile)
        {
            int rows = Math.Min(Panel.MaxTile, _rows - first);
            Transposition.Tile(Sums + ((long)first * layout.HeadDim), layout.HeadDim, rows, layout.HeadDim, Queries + ((long)first * layout.HeadDim), Panel.TileFor(rows));
        }
        new Span<float>(Sums, _rows * layout.SumsStride).Clear();
        new Span<float>(Maxima, _rows).Fill(float.NegativeInfinity);
        new Span<float>(Weights, _rows).Clear();
    }

    /// <summary>Folds the block of keys and values whose first token has index <paramref name="start"/> in the sequence.</summary>
    public void Fold<TPanel, TLanes, TKeys, TValues>(int start, byte* keys, byte* values)
        where TPanel : struct, IPanelKernel where TLanes : struct, ILanes<TLanes> where TKeys : struct, IWeightFormat<TKeys> where TValues : struct, IWeightFormat<TValues>
    {
        if (!WidenedBlock.Pays<TLanes, TKeys>(_rows))
        {
            FoldBlock<TPanel, TLanes, TKeys, TValues>(start, keys, values);
            return;
        }
        keys = WidenedBlock.Write<TLanes, TKeys>(keys, layout.HeadDim, Widened);
        values = WidenedBlock.Write<TLanes, TValues>(values, layout.SumsStride, Widened + (layout.HeadDim * BlockTokens));
        FoldBlock<TPanel, TLanes, Float32Weights, Float32Weights>(start, keys, values);
    }

    void FoldBlock<TPanel, TLanes, TKeys, TValues>(int start, byte* keys, byte* values)
        where TPanel : struct, IPanelKernel where TLanes : struct, ILanes<TLanes> where TKeys : struct, IWeightFormat<TKeys> where TValues : struct, IWeightFormat<TValues>
    {
        for (int first = 0; first < _rows; first += Panel.MaxTile)
        {
            int rows = Math.Min(Panel.MaxTile, _rows - first), end = first + rows;
            if (!Sees(start, first, end)) continue;
            TPanel.Multiply<TKeys, PackedTile>(
                keys, layout.HeadDim, Queries + ((long)first * layout.HeadDim), Panel.TileFor(rows), Scores, BlockTokens, accumulate: false);

            // Rows in turns that see the same keys: usually all of them the whole block, at its border token by token.
            for (int row = first; row < end;)
            {
                (int from, int to) = Visible(start, row / layout.Group);
                int next = row;
                while (next < end && Visible(start, next / layout.Group) == (from, to)) next = Math.Min(end, ((next / layout.Group) + 1) * layout.Group);
                if (from < to) FoldRows<TPanel, TLanes, TValues>(first, row, next, rows, values, from, to);
                row = next;
            }
        }
    }

    /// <param name="output">(tokens, group·HeadDim)</param>
    public void Finish<TLanes>(Matrix output) where TLanes : struct, ILanes<TLanes>
    {
        for (int row = 0; row < _rows; row++)
        {
            float* sums = Sums + ((long)row * layout.SumsStride);
            TLanes weight = TLanes.Create(Weights[row]);
            for (int d = 0; d < layout.HeadDim; d += 16) (TLanes.Load(sums + d) / weight).Store(sums + d);
            new Span<float>(sums, layout.HeadDim).CopyTo(output.Row(row / layout.Group)[(row % layout.Group * layout.HeadDim)..]);
        }
    }

    /// <summary>The keys [From, To) of a block that a token of the tile sees; none where From ≥ To.</summary>
    (int From, int To) Visible(int start, int token) => (
        Math.Max(0, TokenRun.VisibleFrom(firstIndex + token, window) - start),
        Math.Min(BlockTokens, TokenRun.VisibleTo(firstIndex + token, prefixLength) - start));

    bool Sees(int start, int first, int end)
    {
        for (int token = first / layout.Group; token <= (end - 1) / layout.Group; token++)
        {
            (int from, int to) = Visible(start, token);
            if (from < to) return true;
        }
        return false;
    }

    /// <summary>Rows [row, end), whose scores are ready, of the twelve from <paramref name="first"/> on; all see the keys [from, to).</summary>
    void FoldRows<TPanel, TLanes, TValues>(int first, int row, int end, int tileRows, byte* values, int from, int to)
        where TPanel : struct, IPanelKernel where TLanes : struct, ILanes<TLanes> where TValues : struct, IWeightFormat<TValues>
    {
        int rows = end - row, size = Panel.TileFor(rows), stride = layout.SumsStride;
        float* scores = Scores + ((row - first) * BlockTokens), maxima = Maxima + row, weights = Weights + row, sums = Sums + ((long)row * stride);
        ScaleAndMask<TLanes>(scores, rows, from, to);
        for (int r = 0; r < rows; r++)
        {
            float* place = scores + (r * BlockTokens);
            TLanes low = TLanes.Load(place), high = TLanes.Load(place + 16);
            float largest = TLanes.Max(low, high).Largest();
            if (largest > maxima[r]) Raise<TLanes>(ref maxima[r], largest, ref weights[r], sums + (r * stride), stride);
            TLanes maximum = TLanes.Create(maxima[r]);
            low = LaneMath.Exp(low - maximum);
            high = LaneMath.Exp(high - maximum);
            low.Store(place);
            high.Store(place + 16);
            weights[r] += (low + high).Sum();
        }

        // A padded tile would run over the sums of the rows below it: those go through the spare.
        bool direct = rows == size || rows == tileRows;
        float* target = direct ? sums : Spare;
        if (!direct) new Span<float>(sums, rows * stride).CopyTo(new Span<float>(Spare, rows * stride));
        // Only visible slots are summed: 0 · NaN of an unused slot would not be 0.
        for (int d = 0; d < layout.HeadDim; d += Panel.Rows)
        {
            byte* lines = values + ((d + from) * (TValues.ScaleBytes + TValues.LineBytes)); // a panel's 32 lines of 32 channels, or as many as are seen
            TPanel.Multiply<TValues, PanelTile>(lines, to - from, scores + from, size, target + d, stride, accumulate: true);
        }
        if (!direct) new Span<float>(Spare, rows * stride).CopyTo(new Span<float>(sums, rows * stride));
    }

    void ScaleAndMask<TLanes>(float* scores, int rows, int from, int to) where TLanes : struct, ILanes<TLanes>
    {
        TLanes none = TLanes.Create(float.NegativeInfinity), factor = TLanes.Create(scale), cap = TLanes.Create(softCap);
        bool cut = from > 0 || to < BlockTokens, capped = softCap > 0;
        for (int column = 0; column < BlockTokens; column += 16)
        {
            for (int r = 0; r < rows; r++)
            {
                float* place = scores + (r * BlockTokens) + column;
                TLanes score = TLanes.Load(place) * factor;
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

    /// <summary>The sizes of a tile and of its scratch memory.</summary>
    public readonly struct Layout(int group, int headDim)
    {
        /// <summary>Query heads per cache head.</summary>
        public readonly int Group = group;

        public readonly int HeadDim = headDim;

        /// <summary>Tokens of a full tile: all its rows fill panels of twelve, and enough of them share each block of keys.</summary>
        public readonly int Tokens = Panel.MaxTile * Math.Max(1, 4 / group);

        /// <summary>Floats of a row's sums: whole panels.</summary>
        public readonly int SumsStride = (headDim + Panel.Rows - 1) / Panel.Rows * Panel.Rows;

        public int Rows => Tokens * Group;

        public long Bytes => Align(
            (2L * Panel.MaxTile * BlockTokens) + ((long)Panel.MaxTile * SumsStride) + ((long)(HeadDim + SumsStride) * BlockTokens) + ((long)Rows * (SumsStride + HeadDim + 2)));

        static long Align(long floats) => ((floats * sizeof(float)) + 63) & ~63L;
    }
}
