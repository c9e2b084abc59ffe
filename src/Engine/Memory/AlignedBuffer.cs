using System.Runtime.InteropServices;

namespace Juxta.Engine.Memory;

/// <summary>Zeroed native memory on a 64-byte boundary, freed with its owner. Weights, caches and activations live here, out of the collector's sight.</summary>
/// <remarks>Large buffers come from the system as untouched zero pages: memory is taken when it is first written, not when it is reserved.</remarks>
internal sealed unsafe partial class AlignedBuffer : IDisposable
{
    public const int Alignment = 64;

    const int LargePage = 2 << 20;

    void* _allocation;
    byte* _pointer;

    /// <param name="bytes">Size.</param>
    /// <param name="largePages">
    /// Asks the system for 2 MB pages: for what is soon written as a whole (weights are packed two to three times as fast into them), not for what fills
    /// up little by little.
    /// </param>
    public AlignedBuffer(long bytes, bool largePages = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
        largePages &= bytes >= 4 * LargePage && OperatingSystem.IsLinux();
        nuint alignment = largePages ? LargePage : (nuint)Alignment;
        _allocation = NativeMemory.AllocZeroed((nuint)bytes + alignment);
        _pointer = (byte*)(((nuint)_allocation + alignment - 1) & ~(alignment - 1));
        // Advice only: where it is refused, small pages serve as well.
        if (largePages) _ = Advise(_pointer, (nuint)bytes & ~(nuint)(LargePage - 1), AdviseLargePages);
    }

    ~AlignedBuffer() => Free();

    public long Bytes { get; }

    public byte* Pointer => _pointer is not null ? _pointer : throw new ObjectDisposedException(nameof(AlignedBuffer));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    const int AdviseLargePages = 14; // MADV_HUGEPAGE of Linux

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint bytes, int advice);

    void Free()
    {
        NativeMemory.Free(_allocation);
        _allocation = null;
        _pointer = null;
    }
}
