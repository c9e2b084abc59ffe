using System.Runtime.InteropServices;

namespace Juxta.Engine.Memory;

/// <summary>Zeroed native memory on a 64-byte boundary, freed with its owner. Weights, caches and activations live here, out of the collector's sight.</summary>
/// <remarks>Large buffers come from the system as untouched zero pages: memory is taken when it is first written, not when it is reserved.</remarks>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    public const int Alignment = 64;

    void* _allocation;
    byte* _pointer;

    public AlignedBuffer(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
        _allocation = NativeMemory.AllocZeroed((nuint)bytes + Alignment);
        _pointer = (byte*)(((nuint)_allocation + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    AlignedBuffer(byte* pointer, long bytes)
    {
        Bytes = bytes;
        _pointer = pointer;
        GC.SuppressFinalize(this);
    }

    ~AlignedBuffer() => Free();

    /// <summary>Memory that somebody else owns and keeps as long as this is used.</summary>
    public static AlignedBuffer Over(byte* memory, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((nuint)memory % Alignment, (nuint)0, nameof(memory));
        return new AlignedBuffer(memory, bytes);
    }

    /// <summary>The next multiple of <see cref="Alignment"/>.</summary>
    public static long RoundUp(long bytes) => (bytes + Alignment - 1) & -Alignment;

    public long Bytes { get; }

    public byte* Pointer => _pointer is not null ? _pointer : throw new ObjectDisposedException(nameof(AlignedBuffer));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        NativeMemory.Free(_allocation);
        _allocation = null;
        _pointer = null;
    }
}
