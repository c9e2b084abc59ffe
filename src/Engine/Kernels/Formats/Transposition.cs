using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Kernels.Formats;

/// <summary>Rows to columns in blocks of 4 × 4 words: what packing weights and activations consists of.</summary>
internal static unsafe class Transposition
{
    /// <summary>Panel[k][r] = rows[r][k] for 32 rows of 32-bit words.</summary>
    public static void Words(byte** rows, int columns, uint* panel)
    {
        int blocked = Sse2.IsSupported ? columns & ~15 : 0;
        for (int k = 0; k < blocked; k += 16)
        {
            for (int r = 0; r < 32; r += 4)
            {
                uint* r0 = (uint*)rows[r], r1 = (uint*)rows[r + 1], r2 = (uint*)rows[r + 2], r3 = (uint*)rows[r + 3];
                for (int i = k; i < k + 16; i += 4)
                    Transpose4(Vector128.Load(r0 + i), Vector128.Load(r1 + i), Vector128.Load(r2 + i), Vector128.Load(r3 + i), panel + ((long)i * 32) + r, 32);
            }
        }
        for (int k = blocked; k < columns; k++)
            for (int r = 0; r < 32; r++) panel[((long)k * 32) + r] = Unsafe.ReadUnaligned<uint>(rows[r] + (4L * k));
    }

    /// <summary>Panel[k][i] = rows[i][k] | rows[i + 16][k] « 16 for 32 rows of 16-bit elements.</summary>
    public static void PairedHalves(byte** rows, int columns, uint* panel)
    {
        int blocked = Sse2.IsSupported ? columns & ~31 : 0;
        for (int k = 0; k < blocked; k += 32)
        {
            for (int i = 0; i < 16; i += 4)
            {
                for (int j = k; j < k + 32; j += 8)
                {
                    Vector128<ushort> a0 = Row(rows, i, j), b0 = Row(rows, i + 16, j), a1 = Row(rows, i + 1, j), b1 = Row(rows, i + 17, j);
                    Vector128<ushort> a2 = Row(rows, i + 2, j), b2 = Row(rows, i + 18, j), a3 = Row(rows, i + 3, j), b3 = Row(rows, i + 19, j);
                    uint* line = panel + ((long)j * 16) + i;
                    Transpose4(
                        Sse2.UnpackLow(a0, b0).AsUInt32(), Sse2.UnpackLow(a1, b1).AsUInt32(),
                        Sse2.UnpackLow(a2, b2).AsUInt32(), Sse2.UnpackLow(a3, b3).AsUInt32(), line, 16);
                    Transpose4(
                        Sse2.UnpackHigh(a0, b0).AsUInt32(), Sse2.UnpackHigh(a1, b1).AsUInt32(),
                        Sse2.UnpackHigh(a2, b2).AsUInt32(), Sse2.UnpackHigh(a3, b3).AsUInt32(), line + 64, 16);
                }
            }
        }
        for (int k = blocked; k < columns; k++)
        {
            for (int i = 0; i < 16; i++)
                panel[((long)k * 16) + i] = Unsafe.ReadUnaligned<ushort>(rows[i] + (2L * k)) | ((uint)Unsafe.ReadUnaligned<ushort>(rows[i + 16] + (2L * k)) << 16);
        }
    }

    /// <summary>
    /// Packed[k][t] = x[t][k] for t &lt; <paramref name="tokens"/>, 0 for the rest of a tile of <paramref name="tile"/> tokens (1, 2 or a multiple of 4).
    /// </summary>
    public static void Tile(float* x, nint stride, int tokens, int columns, float* packed, int tile)
    {
        if (tile == 2)
        {
            Pairs(x, x + stride, columns, packed);
            return;
        }
        int vectors = Sse2.IsSupported ? columns & ~3 : 0;
        for (int t = 0; t < tile; t += 4)
        {
            int present = Math.Clamp(tokens - t, 0, 4), k = 0;
            if (tile > 1)
            {
                // Absent tokens read a present row and keep none of it.
                float* r0 = x + (Math.Min(t, tokens - 1) * stride), r1 = present > 1 ? r0 + stride : r0;
                float* r2 = present > 2 ? r1 + stride : r0, r3 = present > 3 ? r2 + stride : r0;
                Vector128<uint> keep0 = Keep(present > 0), keep1 = Keep(present > 1), keep2 = Keep(present > 2), keep3 = Keep(present > 3);
                for (; k < vectors; k += 4)
                {
                    Transpose4(
                        Vector128.Load((uint*)r0 + k) & keep0, Vector128.Load((uint*)r1 + k) & keep1,
                        Vector128.Load((uint*)r2 + k) & keep2, Vector128.Load((uint*)r3 + k) & keep3, (uint*)packed + ((long)k * tile) + t, tile);
                }
            }
            for (; k < columns; k++)
                for (int i = 0; i < Math.Min(4, tile); i++) packed[((long)k * tile) + t + i] = i < present ? x[((t + i) * stride) + k] : 0f;
        }
    }

    static void Pairs(float* first, float* second, int columns, float* packed)
    {
        int k = 0;
        for (; Sse.IsSupported && k + 4 <= columns; k += 4)
        {
            Vector128<float> r0 = Vector128.Load(first + k), r1 = Vector128.Load(second + k);
            Sse.UnpackLow(r0, r1).Store(packed + (2L * k));
            Sse.UnpackHigh(r0, r1).Store(packed + (2L * k) + 4);
        }
        for (; k < columns; k++) (packed[2L * k], packed[(2L * k) + 1]) = (first[k], second[k]);
    }

    static Vector128<uint> Keep(bool row) => row ? Vector128<uint>.AllBitsSet : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<ushort> Row(byte** rows, int row, int column) => Vector128.Load((ushort*)rows[row] + column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Transpose4(Vector128<uint> r0, Vector128<uint> r1, Vector128<uint> r2, Vector128<uint> r3, uint* destination, nint stride)
    {
        Vector128<ulong> low01 = Sse2.UnpackLow(r0, r1).AsUInt64(), high01 = Sse2.UnpackHigh(r0, r1).AsUInt64();
        Vector128<ulong> low23 = Sse2.UnpackLow(r2, r3).AsUInt64(), high23 = Sse2.UnpackHigh(r2, r3).AsUInt64();
        Sse2.UnpackLow(low01, low23).AsUInt32().Store(destination);
        Sse2.UnpackHigh(low01, low23).AsUInt32().Store(destination + stride);
        Sse2.UnpackLow(high01, high23).AsUInt32().Store(destination + (2 * stride));
        Sse2.UnpackHigh(high01, high23).AsUInt32().Store(destination + (3 * stride));
    }
}
