using System.Runtime.InteropServices;
using Iced.Intel;
using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Blocks;
using Juxta.Engine.Kernels.MachineCode;
using static Iced.Intel.AssemblerRegisters;

namespace Juxta.EngineTests.Kernels;

/// <summary>The dot products that .NET has no class for, against the plain definition: on an emulated processor everywhere, and on this one where it has them.</summary>
public sealed unsafe class MachineCodeTests
{
    public static TheoryData<string> Formats => ["q8_0", "q4_0"];

    [Theory, MemberData(nameof(Formats))]
    public void An_emulated_processor_finds_the_bits_of_the_plain_definition(string format)
    {
        Assert.SkipUnless(EmulatedProcessor.Missing is null, EmulatedProcessor.Missing ?? "");
        foreach (int tokens in (int[])[1, 3, 4, 8, 12])
            foreach (int columns in (int[])[32, 70, 900]) Check(format, KernelData.Floats(16 * columns, 1), KernelData.Floats(tokens * columns, 2), columns, tokens, Emulated);
    }

    /// <summary>Where a dot product that saturates would show.</summary>
    [Theory, MemberData(nameof(Formats))]
    public void An_emulated_processor_overflows_nothing(string format)
    {
        Assert.SkipUnless(EmulatedProcessor.Missing is null, EmulatedProcessor.Missing ?? "");
        Func<int, float>[] patterns = [_ => 1, _ => -1, i => i % 2 == 0 ? 1 : -1];
        foreach (Func<int, float> w in patterns)
            foreach (Func<int, float> x in patterns)
                Check(format, [.. Enumerable.Range(0, 16 * 64).Select(w)], [.. Enumerable.Range(0, 12 * 64).Select(x)], 64, 12, Emulated);
    }

    [Theory, MemberData(nameof(Formats))]
    public void This_processor_finds_the_bits_of_the_plain_definition(string format)
    {
        Assert.SkipUnless(DotProducts.IsSupported, "this processor has no AVX512-VNNI");
        foreach (int tokens in (int[])[1, 3, 4, 8, 12])
            foreach (int columns in (int[])[32, 70, 900, 4864]) Check(format, KernelData.Floats(16 * columns, 1), KernelData.Floats(tokens * columns, 2), columns, tokens, Here);
    }

    [Fact]
    public void Code_gets_its_arguments_in_order_and_lies_where_nothing_can_write()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "the code is for Linux on x86-64");
        var code = new Assembler(64);
        foreach ((int at, AssemblerRegister64 register) in new[] { (0, rdi), (8, rsi), (16, rdx), (24, r8) }) code.mov(__qword_ptr[rcx + at], register);
        code.ret();
        using var stream = new MemoryStream();
        code.Assemble(new StreamCodeWriter(stream), 0);
        void* placed = ExecutableMemory.TryPlace(stream.ToArray());
        long* arguments = stackalloc long[4];
        ((delegate* unmanaged[SuppressGCTransition]<byte*, nint, byte*, float*, nint, void>)placed)((byte*)1, 2, (byte*)3, (float*)arguments, 4);
        Assert.Equal([1, 2, 3, 4], new Span<long>(arguments, 4).ToArray());
        Assert.Contains(File.ReadLines("/proc/self/maps"), line => line.StartsWith($"{(long)placed:x}-", StringComparison.Ordinal) && line.Contains(" r-xp ", StringComparison.Ordinal));
    }

    delegate float[] Machine(byte[] code, byte[] blocks, int count, byte[] x, int tokens);

    static float[] Emulated(byte[] code, byte[] blocks, int count, byte[] x, int tokens) =>
        MemoryMarshal.Cast<byte, float>(EmulatedProcessor.Call(code, blocks, count, x, Block.Rows * tokens * sizeof(float), Block.Rows * sizeof(float))).ToArray();

    static float[] Here(byte[] code, byte[] blocks, int count, byte[] x, int tokens)
    {
        var y = new float[Block.Rows * tokens];
        var function = (delegate* unmanaged[SuppressGCTransition]<byte*, nint, byte*, float*, nint, void>)ExecutableMemory.TryPlace(code);
        fixed (byte* b = blocks, tile = x)
        fixed (float* to = y) function(b, count, tile, to, Block.Rows * sizeof(float));
        return y;
    }

    static void Check(string format, float[] weights, float[] x, int columns, int tokens, Machine machine)
    {
        using var pool = new WorkerPool(1);
        using PackedMatrix packed = KernelData.Pack(pool, format, weights, Block.Rows, columns);
        int count = Block.Count(columns);
        bool four = format == "q4_0";
        byte[] blocks = new Span<byte>(packed.Panels, count * (four ? Q4Blocks.Bytes : Q8Blocks.Bytes)).ToArray(), tile = new byte[count * tokens * TokenBlocks.Bytes];
        fixed (float* source = x)
        fixed (byte* to = tile)
        {
            for (int t = 0; t < tokens; t++)
            {
                if (four) TokenBlocks.Round<Q4Blocks>(source + (t * columns), columns, to + (t * TokenBlocks.Bytes), tokens * TokenBlocks.Bytes);
                else TokenBlocks.Round<Q8Blocks>(source + (t * columns), columns, to + (t * TokenBlocks.Bytes), tokens * TokenBlocks.Bytes);
            }
        }
        float[] expected = PlainBlocks.Of(format, weights, Block.Rows, columns).Multiply(PlainBlocks.Tokens(x, tokens, columns));
        KernelData.AssertSameBits(expected, machine(four ? DotProductCode.Q4(tokens) : DotProductCode.Q8(tokens), blocks, count, tile, tokens), $"{format} {columns} columns, {tokens} tokens");
    }
}
