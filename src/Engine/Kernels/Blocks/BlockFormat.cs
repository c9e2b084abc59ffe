using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Panels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary>A block format as a <see cref="PackedMatrix"/> keeps it: a panel is the blocks of its first 16 rows in order of columns, then those of the other 16.</summary>
internal sealed unsafe class BlockFormat<TBlocks> : WeightFormat where TBlocks : struct, IBlockFormat<TBlocks>
{
    public override DType? Type => null;

    public override bool ReadsFloats => false;

    public override long TokenBytes(int columns) => (long)Block.Count(columns) * TokenBlocks.Bytes;

    public override long PanelBytes(int columns) => 2L * Block.Count(columns) * TBlocks.Bytes;

    public override void ReadRow(byte* panel, int row, Span<float> destination)
    {
        byte* block = panel + ((long)(row / Block.Rows) * Block.Count(destination.Length) * TBlocks.Bytes);
        row %= Block.Rows;
        for (int k = 0; k < destination.Length; k++)
        {
            if (k > 0 && k % Block.Columns == 0) block += TBlocks.Bytes;
            destination[k] = TBlocks.Decode(block, row, k % Block.Columns) * Block.Scale(block, row);
        }
    }

    public override bool PackPanel(float** rows, int count, int columns, byte* panel)
    {
        float* last = stackalloc float[Block.Columns];
        bool kept = true;
        for (int row = 0; row < count; row++)
        {
            byte* block = panel + ((long)(row / Block.Rows) * Block.Count(columns) * TBlocks.Bytes);
            for (int k = 0; k < columns; k += Block.Columns, block += TBlocks.Bytes)
            {
                float* weights = rows[row] + k;
                if (columns - k < Block.Columns)
                {
                    new Span<float>(weights, columns - k).CopyTo(new Span<float>(last, Block.Columns));
                    new Span<float>(last + columns - k, Block.Columns - (columns - k)).Clear();
                    weights = last;
                }
                kept &= TBlocks.Encode(weights, block, row % Block.Rows);
            }
        }
        return kept;
    }

    public override delegate*<MatMul.Job*, int, int, void> PackTile() => &RoundTile;

    public override delegate*<MatMul.Job*, int, int, void> Chunk<TPanel>() => &MatMul.Chunk<BlockProduct<TPanel, TBlocks>>;

    public override string ToString() => TBlocks.Name;

    static void RoundTile(MatMul.Job* job, int tile, int worker)
    {
        int first = tile * Panel.MaxTile, tokens = Math.Min(Panel.MaxTile, job->Tokens - first);
        byte* packed = job->Packed + (first * job->TokenBytes);
        for (int t = 0; t < tokens; t++)
            TokenBlocks.Round<TBlocks>(job->X + ((first + t) * job->XStride), job->Columns, packed + (t * TokenBlocks.Bytes), Panel.TileFor(tokens) * TokenBlocks.Bytes);
    }
}

/// <summary>A panel of blocks times a tile: its two times 16 rows.</summary>
internal readonly unsafe struct BlockProduct<TPanel, TBlocks> : ITileProduct where TPanel : struct, IPanelKernel where TBlocks : struct, IBlockFormat<TBlocks>
{
    public static void Multiply(byte* panel, int columns, byte* x, int tokens, float* y, nint stride)
    {
        int count = Block.Count(columns);
        TPanel.MultiplyBlocks<TBlocks>(panel, count, x, tokens, y, stride);
        TPanel.MultiplyBlocks<TBlocks>(panel + ((long)count * TBlocks.Bytes), count, x, tokens, y + Block.Rows, stride);
    }
}
