using System.Runtime.Intrinsics;
using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;

namespace Juxta.KernelBench;

/// <summary>How fast this machine reads memory right now: every decode figure is a share of it.</summary>
sealed unsafe class MemoryReading : IDisposable
{
    const int Chunks = 64;
    const long ChunkBytes = 4 << 20;

    readonly AlignedBuffer _buffer = new(Chunks * ChunkBytes);
    readonly WorkerPool _pool;

    public MemoryReading(WorkerPool pool)
    {
        _pool = pool;
        new Span<byte>(_buffer.Pointer, (int)(Chunks * ChunkBytes)).Fill(1);
    }

    public double BytesPerSecond() => Chunks * ChunkBytes / Measure.Seconds(() => _pool.Run(Chunks, &Read, _buffer.Pointer));

    public void Dispose() => _buffer.Dispose();

    static void Read(byte* memory, int chunk, int worker)
    {
        Vector512<long> a = default, b = default, c = default, d = default;
        byte* start = memory + (chunk * ChunkBytes);
        for (long i = 0; i < ChunkBytes; i += 256)
        {
            a ^= Vector512.Load((long*)(start + i));
            b ^= Vector512.Load((long*)(start + i + 64));
            c ^= Vector512.Load((long*)(start + i + 128));
            d ^= Vector512.Load((long*)(start + i + 192));
        }
        if ((a ^ b ^ c ^ d) == Vector512.Create(12345L)) throw new InvalidOperationException();
    }
}
