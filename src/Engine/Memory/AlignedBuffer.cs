using System.Runtime.InteropServices;

namespace Juxta.Engine.Memory;

/// <summary>Zeroed native memory on a 64-byte boundary, freed with its owner. Weights, caches and activations live here, out of the collector's sight.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    public const int Alignment = 64;

    byte* _pointer;

    public AlignedBuffer(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
        _pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, Alignment), Alignment);
        NativeMemory.Clear(_pointer, (nuint)Math.Max(bytes, Alignment));
    }

    ~AlignedBuffer() => Free();

    public long Bytes { get; }

    public byte* Pointer => _pointer is not null ? _pointer : throw new ObjectDisposedException(nameof(AlignedBuffer));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
    }
}
