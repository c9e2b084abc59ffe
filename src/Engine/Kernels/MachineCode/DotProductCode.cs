using Iced.Intel;
using Juxta.Engine.Kernels.Blocks;
using static Iced.Intel.AssemblerRegisters;

namespace Juxta.Engine.Kernels.MachineCode;

/// <summary>
/// Machine code for 16 rows of blocks times a tile with the dot product of bytes in 512 bits (vpdpbusd of AVX512-VNNI), for which .NET has no class: a line of a
/// block holds four columns of 16 rows without sign, and one instruction multiplies it with four activations of a token and adds them. What it computes is
/// defined by <see cref="IBlockFormat{TSelf}"/>; the integers are exact and the floats go in its order, so the bits are those of the other paths.
/// </summary>
/// <remarks>Calling convention of Linux on x86-64: rdi the blocks, rsi how many (≥ 1), rdx the tile, rcx the row of token 0, r8 bytes between rows.</remarks>
internal static class DotProductCode
{
    /// <summary>Tokens of a tile at most: as many sums of integers and of floats, and eight registers more, are all 32 that there are.</summary>
    public const int MaxTokens = 12;

    static readonly AssemblerRegisterZMM[] Registers =
    [
        zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15,
        zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31,
    ];

    static ReadOnlySpan<AssemblerRegisterZMM> Floats => Registers.AsSpan(0, MaxTokens);

    static ReadOnlySpan<AssemblerRegisterZMM> Sums => Registers.AsSpan(MaxTokens, MaxTokens);

    /// <summary>Code for <see cref="Q8Blocks"/>.</summary>
    /// <param name="tokens">1 … 12; the tile has as many.</param>
    public static byte[] Q8(int tokens) => Assemble(tokens, Q8Blocks.Bytes, halves: false);

    /// <summary>Code for <see cref="Q4Blocks"/>, whose lines hold four columns in the lower halves of their bytes and the four 16 higher in the upper.</summary>
    public static byte[] Q4(int tokens) => Assemble(tokens, Q4Blocks.Bytes, halves: true);

    static byte[] Assemble(int tokens, int blockBytes, bool halves)
    {
        var code = new Assembler(64);
        AssemblerRegisterZMM weights = zmm24, upper = zmm25, mask = zmm26, scales = zmm27;
        for (int t = 0; t < tokens; t++) code.vpxord(Floats[t], Floats[t], Floats[t]);
        if (halves)
        {
            code.mov(eax, 0x0F0F0F0F);
            code.vpbroadcastd(mask, eax);
        }

        Label block = code.CreateLabel();
        code.Label(ref block);
        for (int t = 0; t < tokens; t++) Start(code, t, halves);
        int lines = (blockBytes - Block.ScaleBytes) / 64;
        for (int g = 0; g < lines; g++)
        {
            int line = Block.ScaleBytes + (64 * g);
            code.prefetcht0(__byte_ptr[rdi + line + 4096]);
            code.vmovdqu32(weights, __zmmword_ptr[rdi + line]);
            if (halves)
            {
                code.vpsrlw(upper, weights, 4);
                code.vpandd(weights, weights, mask);
                code.vpandd(upper, upper, mask);
            }
            for (int t = 0; t < tokens; t++) code.vpdpbusd(Sums[t], weights, __dword_bcst[rdx + Token(t) + (4 * g)]);
            if (halves) for (int t = 0; t < tokens; t++) code.vpdpbusd(Sums[t], upper, __dword_bcst[rdx + Token(t) + (4 * (g + lines))]);
        }
        code.vcvtph2ps(scales, __ymmword_ptr[rdi]);
        for (int t = 0; t < tokens; t++)
        {
            AssemblerRegisterZMM scale = Registers[28 + (t % 4)];
            code.vcvtdq2ps(Sums[t], Sums[t]);
            code.vmulps(scale, scales, __dword_bcst[rdx + Token(t) + TokenBlocks.Scale]);
            code.vfmadd231ps(Floats[t], Sums[t], scale);
        }
        code.add(rdi, blockBytes);
        code.add(rdx, Token(tokens));
        code.dec(rsi);
        code.jnz(block);

        for (int t = 0; t < tokens; t++)
        {
            code.vmovups(__zmmword_ptr[rcx], Floats[t]);
            code.add(rcx, r8);
        }
        code.vzeroupper();
        code.ret();
        return Encode(code);
    }

    /// <summary>What a token's sums start from (<see cref="IBlockFormat{TSelf}.Start"/>): 32 bits, or the lower 16 with their sign where kernels of 16-bit pairs read them, too.</summary>
    static void Start(Assembler code, int token, bool halves)
    {
        if (halves)
        {
            code.movsx(eax, __word_ptr[rdx + Token(token) + TokenBlocks.Start]);
            code.vpbroadcastd(Sums[token], eax);
        }
        else
        {
            code.vpbroadcastd(Sums[token], __dword_ptr[rdx + Token(token) + TokenBlocks.Start]);
        }
    }

    static int Token(int t) => t * TokenBlocks.Bytes;

    /// <summary>The bytes; they may lie anywhere.</summary>
    static byte[] Encode(Assembler code)
    {
        using var stream = new MemoryStream();
        code.Assemble(new StreamCodeWriter(stream), 0);
        return stream.ToArray();
    }
}
