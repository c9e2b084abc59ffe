using System.Diagnostics;
using System.Text.RegularExpressions;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Juxta.EngineTests.Kernels;

/// <summary>
/// Runs machine code on a processor with AVX-512 and its dot products that Bochs plays, for machines that have none. The emulated machine has no BIOS and no disk: it
/// starts in a ROM that this class writes, goes from 16 to 64 bits, switches the vectors on, calls the function and says what it wrote, digit by digit, on port 0xE9.
/// </summary>
internal static class EmulatedProcessor
{
    const int RomBytes = 1 << 20, Top = 1 << 16, Tables = 0x10000, Stack = 0x200000, Result = 0x400000;

    const long RomBase = 0x1_0000_0000 - RomBytes;

    /// <summary>Where offsets of the last 64 kB of the ROM lie.</summary>
    const uint TopBase = 0xFFFF_0000;

    /// <summary>Why it cannot run here; null where it can.</summary>
    public static string? Missing { get; } = File.Exists("/usr/bin/bochs") ? null : "the emulator of a machine with AVX-512 is not installed (apt-get install bochs bochsbios)";

    /// <summary>Calls code as a C function would: (blocks, count, x, y, stride).</summary>
    /// <returns>The first <paramref name="resultBytes"/> bytes of y, which is zero before.</returns>
    public static byte[] Call(byte[] code, byte[] blocks, int count, byte[] x, int resultBytes, int stride)
    {
        byte[] rom = new byte[RomBytes];
        int at = 0;
        long Put(byte[] bytes)
        {
            bytes.CopyTo(rom, at);
            long address = RomBase + at;
            at = (at + bytes.Length + 63) / 64 * 64;
            return address;
        }
        long function = Put(code), blocksAt = Put(blocks), xAt = Put(x);
        Assert.True(at <= RomBytes - Top, "what is to be run must fit the ROM");

        Boot(function, blocksAt, count, xAt, resultBytes, stride).CopyTo(rom, RomBytes - Top);
        return Run(rom, resultBytes);
    }

    /// <summary>The last 64 kB of the ROM: the first instruction at its end, what follows at its beginning.</summary>
    static byte[] Boot(long function, long blocks, int count, long x, int resultBytes, int stride)
    {
        byte[] top = new byte[Top];
        const int descriptors = 0x800, pointer = 0x840, protectedMode = 0x200, longMode = 0x400;
        ulong[] table = [0, 0x00CF9A000000FFFF, 0x00CF92000000FFFF, 0x00AF9A000000FFFF]; // none, 32-bit code, data, 64-bit code
        for (int i = 0; i < table.Length; i++) BitConverter.GetBytes(table[i]).CopyTo(top, descriptors + (8 * i));
        BitConverter.GetBytes((ushort)((8 * table.Length) - 1)).CopyTo(top, pointer);
        BitConverter.GetBytes(TopBase + descriptors).CopyTo(top, pointer + 2);

        var reset = new Assembler(16);
        reset.jmp(0x100);
        Write(reset, 0xFFF0, top, 0xFFF0);

        var real = new Assembler(16);
        real.cli();
        real.db(0x66, 0x2E, 0x0F, 0x01, 0x16, pointer & 0xFF, pointer >> 8); // lgdt cs:[pointer] with all 32 bits of the base
        real.mov(eax, cr0);
        real.or(eax, 1);
        real.mov(cr0, eax);
        real.db(0x66, 0xEA); // far jump: 32-bit offset, selector
        real.dd(TopBase + protectedMode);
        real.dw((ushort)8);
        Write(real, 0x100, top, 0x100);

        var wide = new Assembler(32);
        wide.mov(ax, 16);
        wide.mov(ds, ax);
        wide.mov(es, ax);
        wide.mov(ss, ax);
        // 4 GB seen as they are, in pages of 2 MB: one table of the fourth level, one of the third, four of the second.
        wide.mov(edi, Tables);
        wide.xor(eax, eax);
        wide.mov(ecx, 6 * 1024);
        wide.rep.stosd();
        wide.mov(__dword_ptr[Tables], Tables + 0x1003);
        for (int i = 0; i < 4; i++) wide.mov(__dword_ptr[Tables + 0x1000 + (8 * i)], Tables + 0x2003 + (0x1000 * i));
        wide.mov(edi, Tables + 0x2000);
        wide.mov(eax, 0x83);
        wide.mov(ecx, 2048);
        Label page = wide.CreateLabel();
        wide.Label(ref page);
        wide.mov(__dword_ptr[edi], eax);
        wide.add(edi, 8);
        wide.add(eax, 0x200000);
        wide.dec(ecx);
        wide.jnz(page);
        wide.mov(eax, cr4);
        wide.or(eax, 0x40620); // PAE, OSFXSR, OSXMMEXCPT, OSXSAVE
        wide.mov(cr4, eax);
        wide.mov(eax, Tables);
        wide.mov(cr3, eax);
        wide.mov(ecx, unchecked((int)0xC0000080)); // EFER: long mode
        wide.rdmsr();
        wide.or(eax, 0x100);
        wide.wrmsr();
        wide.mov(eax, cr0);
        wide.and(eax, ~4);
        wide.or(eax, unchecked((int)0x80000002));
        wide.mov(cr0, eax);
        wide.db(0xEA);
        wide.dd(TopBase + longMode);
        wide.dw((ushort)24);
        Write(wide, TopBase + protectedMode, top, protectedMode);

        var full = new Assembler(64);
        full.xor(ecx, ecx);
        full.xor(edx, edx);
        full.mov(eax, 0xE7); // x87, 128, 256 and 512 bits, mask registers
        full.xsetbv();
        full.mov(rsp, Stack);
        full.mov(rdi, blocks);
        full.mov(rsi, count);
        full.mov(rdx, x);
        full.mov(rcx, Result);
        full.mov(r8, stride);
        full.mov(rax, function);
        full.call(rax);
        Say(full, '{');
        full.mov(rbx, Result);
        full.mov(rcx, resultBytes);
        Label next = full.CreateLabel(), digit = full.CreateLabel(), low = full.CreateLabel();
        full.Label(ref next);
        full.movzx(esi, __byte_ptr[rbx]);
        full.ror(sil, (byte)4);
        full.mov(edi, 2);
        full.Label(ref digit);
        full.mov(eax, esi);
        full.and(eax, 15);
        full.add(eax, 'A');
        full.@out(0xE9, al);
        full.ror(sil, (byte)4);
        full.dec(edi);
        full.jnz(digit);
        full.inc(rbx);
        full.dec(rcx);
        full.jnz(next);
        Say(full, '}');
        full.mov(edx, 0x8900);
        foreach (char letter in "Shutdown")
        {
            full.mov(al, (byte)letter);
            full.@out(dx, al);
        }
        full.Label(ref low);
        full.hlt();
        full.jmp(low);
        Write(full, TopBase + longMode, top, longMode);
        return top;
    }

    static void Say(Assembler code, char letter)
    {
        code.mov(al, (byte)letter);
        code.@out(0xE9, al);
    }

    static void Write(Assembler code, ulong address, byte[] top, int at)
    {
        using var stream = new MemoryStream();
        code.Assemble(new StreamCodeWriter(stream), address);
        stream.ToArray().CopyTo(top, at);
    }

    static byte[] Run(byte[] rom, int resultBytes)
    {
        string folder = Directory.CreateTempSubdirectory("juxta-emulated-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "rom"), rom);
            string[] configuration =
            [
                "cpu: model=corei7_icelake_u, ips=100000000, reset_on_triple_fault=0", "memory: guest=32, host=32", $"romimage: file=rom, address=0x{RomBase:x}", "boot: floppy",
                "display_library: rfb, options=\"timeout=0\"", "sound: driver=dummy", "port_e9_hack: enabled=1", "log: log", "panic: action=fatal", "clock: sync=none",
            ];
            File.WriteAllLines(Path.Combine(folder, "configuration"), configuration);
            using Process process = Process.Start(new ProcessStartInfo("bochs", ["-q", "-f", "configuration"])
            {
                WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            process.StandardInput.WriteLine("c"); // Debian's Bochs begins in its debugger
            process.StandardInput.Close();
            Task<string> said = process.StandardOutput.ReadToEndAsync(), complained = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(60_000)) process.Kill(entireProcessTree: true);
            Match result = Regex.Match(said.Result, $"\\{{([A-P]{{{2 * resultBytes}}})\\}}");
            if (!result.Success) Assert.Fail($"the emulated machine gave no result: {said.Result}{complained.Result}{File.ReadAllText(Path.Combine(folder, "log"))}");
            string digits = result.Groups[1].Value;
            return [.. Enumerable.Range(0, resultBytes).Select(i => (byte)(((digits[2 * i] - 'A') << 4) | (digits[(2 * i) + 1] - 'A')))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
