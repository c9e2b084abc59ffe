using System.Runtime.InteropServices;

namespace Juxta.Engine.Memory;

/// <summary>Zeroed native memory on a 64-byte boundary, freed with its owner. Weights, caches and activations live here, out of the collector's sight.</summary>
/// <remarks>
/// Large buffers come from the system as untouched zero pages: memory is taken when it is first written, not when it is reserved. From 2 MB on these are huge pages,
/// where the system has them.
/// </remarks>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    public const int Alignment = 64;

    void* _allocation;
    byte* _pointer;
    Action? _release;

    public AlignedBuffer(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
        nuint alignment = bytes < PageAdvice.HugePage ? (nuint)Alignment : PageAdvice.HugePage;
        _allocation = NativeMemory.AllocZeroed((nuint)bytes + alignment);
        _pointer = (byte*)(((nuint)_allocation + alignment - 1) & ~(alignment - 1));
        if (alignment == PageAdvice.HugePage) PageAdvice.PreferHuge(_pointer, bytes);
    }

    AlignedBuffer(byte* pointer, long bytes, Action? release)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((nuint)pointer % Alignment, (nuint)0, nameof(pointer));
        Bytes = bytes;
        _pointer = pointer;
        _release = release;
        if (release is null) GC.SuppressFinalize(this);
    }

    ~AlignedBuffer() => Free();

    /// <summary>Memory that somebody else owns and keeps as long as this is used.</summary>
    public static AlignedBuffer Over(byte* memory, long bytes) => new(memory, bytes, release: null);

    /// <summary>Memory that is given back by calling <paramref name="release"/>, once.</summary>
    public static AlignedBuffer Of(byte* memory, long bytes, Action release) => new(memory, bytes, release);

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
        Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
