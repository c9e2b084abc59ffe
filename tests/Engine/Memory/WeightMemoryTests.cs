using System.Globalization;
using Juxta.Engine.Memory;

namespace Juxta.EngineTests.Memory;

public sealed unsafe class WeightMemoryTests
{
    [Fact]
    public void Buffers_are_zero_on_a_boundary_and_apart_whoever_allocates_and_gives_back_beside()
    {
        Parallel.For(0, 8, worker =>
        {
            var random = new Random(worker);
            var held = new List<AlignedBuffer>();
            for (int i = 0; i < 300; i++)
            {
                AlignedBuffer buffer = WeightMemory.Allocate(random.Next(1, 300_000));
                var bytes = new Span<byte>(buffer.Pointer, (int)buffer.Bytes);
                Assert.Equal(0, (long)buffer.Pointer % AlignedBuffer.Alignment);
                Assert.False(bytes.ContainsAnyExcept((byte)0), "a new buffer is not zero");
                bytes.Fill((byte)(worker + 1));
                held.Add(buffer);
                if (held.Count <= 20) continue;
                AlignedBuffer oldest = held[random.Next(held.Count)];
                Assert.False(new Span<byte>(oldest.Pointer, (int)oldest.Bytes).ContainsAnyExcept((byte)(worker + 1)), "somebody else wrote into a buffer");
                held.Remove(oldest);
                oldest.Dispose();
                oldest.Dispose(); // gives back once
                Assert.Throws<ObjectDisposedException>(() => (nint)oldest.Pointer);
            }
            foreach (AlignedBuffer buffer in held) buffer.Dispose();
        });
    }

    [Fact]
    public void A_buffer_of_more_than_half_a_chunk_has_memory_of_its_own()
    {
        using AlignedBuffer large = WeightMemory.Allocate((WeightMemory.ChunkBytes / 2) + 1), none = WeightMemory.Allocate(0);
        Assert.Equal((WeightMemory.ChunkBytes / 2) + 1, large.Bytes);
        Assert.Equal(0, (long)large.Pointer % PageAdvice.HugePage);
        Assert.Equal(0, none.Bytes);
        large.Pointer[large.Bytes - 1] = 1;
    }

    [Fact]
    public void Chunks_without_buffers_go_back_to_the_system()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "resident memory is read from /proc");
        long before = Resident();
        for (int i = 0; i < 4000; i++)
        {
            using AlignedBuffer megabyte = WeightMemory.Allocate(1 << 20);
            *megabyte.Pointer = 1;
        }
        Assert.True(Resident() - before < 1_000_000_000, $"4 GB were taken one after the other, and {(Resident() - before) / 1e9:0.0} GB are still there");
    }

    static long Resident() =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
}
