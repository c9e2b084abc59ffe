using Microsoft.Win32.SafeHandles;

namespace Juxta.Engine.Weights.Packed;

/// <summary>Writes a file forwards, 4 MB at multiples of 4 MB at a time, with zeros where nothing was written.</summary>
internal sealed class FileWindow(SafeFileHandle file)
{
    public const int Bytes = 4 << 20;

    readonly byte[] _bytes = new byte[Bytes];
    long _start;
    int _used;

    /// <param name="offset">In the file; never before the end of what was written last.</param>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            long start = offset / Bytes * Bytes;
            if (start != _start) MoveTo(start);
            int at = (int)(offset - start), count = Math.Min(bytes.Length, Bytes - at);
            bytes[..count].CopyTo(_bytes.AsSpan(at));
            _used = at + count;
            offset += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Writes what is left.</summary>
    public void Flush() => RandomAccess.Write(file, _bytes.AsSpan(0, _used), _start);

    void MoveTo(long start)
    {
        Flush();
        Array.Clear(_bytes);
        (_start, _used) = (start, 0);
    }
}
