namespace Juxta.Engine.Memory;

/// <summary>One growing buffer per thread for what a kernel needs only while it runs.</summary>
internal static unsafe class Scratch
{
    [ThreadStatic] static AlignedBuffer? _buffer;

    /// <summary>At least <paramref name="bytes"/> bytes with unspecified content, valid until this thread asks again.</summary>
    public static byte* Take(long bytes)
    {
        if (_buffer is null || _buffer.Bytes < bytes)
        {
            long doubled = 2 * (_buffer?.Bytes ?? 1 << 15);
            _buffer?.Dispose();
            _buffer = new AlignedBuffer(Math.Max(bytes, doubled));
        }
        return _buffer.Pointer;
    }
}
