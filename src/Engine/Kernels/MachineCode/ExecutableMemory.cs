using System.Runtime.InteropServices;

namespace Juxta.Engine.Kernels.MachineCode;

/// <summary>Machine code where the processor may run it: written first, then made readable and executable, never writable and executable at once. It stays until the process ends.</summary>
internal static unsafe partial class ExecutableMemory
{
    const int Read = 1, Write = 2, Execute = 4, Private = 2, Anonymous = 32;

    /// <returns>Where the code begins; null where the system refuses to have it run.</returns>
    public static void* TryPlace(ReadOnlySpan<byte> code)
    {
        var bytes = (nuint)code.Length;
        void* memory = Map(null, bytes, Read | Write, Private | Anonymous, -1, 0);
        if (memory == (void*)-1) return null;
        code.CopyTo(new Span<byte>(memory, code.Length));
        if (Protect(memory, bytes, Read | Execute) == 0) return memory;
        _ = Unmap(memory, bytes);
        return null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* at, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* at, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* at, nuint bytes);
}
