namespace Juxta.Engine.Memory;

/// <summary>
/// Memory for weights, one buffer behind the other in chunks of 64 MB: a matrix seldom fills huge pages, many together do (an adapter of rank 16 has 336 matrices of
/// 28 to 155 kB). A chunk is given back when none of its buffers is left.
/// </summary>
internal static class WeightMemory
{
    public const int ChunkBytes = 64 << 20;

    static readonly Lock Gate = new();
    static Chunk? _current;

    /// <summary>A zeroed buffer; one of more than half a chunk has memory of its own.</summary>
    public static unsafe AlignedBuffer Allocate(long bytes)
    {
        if (bytes is <= 0 or > ChunkBytes / 2) return new AlignedBuffer(bytes);
        lock (Gate)
        {
            if (_current is null || _current.Memory.Bytes - _current.Used < bytes) _current = new Chunk();
            Chunk chunk = _current;
            byte* start = chunk.Memory.Pointer + chunk.Used;
            chunk.Used += AlignedBuffer.RoundUp(bytes);
            chunk.Buffers++;
            return AlignedBuffer.Of(start, bytes, () => Release(chunk));
        }
    }

    static void Release(Chunk chunk)
    {
        lock (Gate)
        {
            if (--chunk.Buffers > 0) return;
            if (_current == chunk) _current = null;
            chunk.Memory.Dispose();
        }
    }

    sealed class Chunk
    {
        public AlignedBuffer Memory { get; } = new(ChunkBytes);

        /// <summary>Bytes handed out; what a buffer gave back is not handed out again.</summary>
        public long Used { get; set; }

        /// <summary>Buffers in use.</summary>
        public int Buffers { get; set; }
    }
}
