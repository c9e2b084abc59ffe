using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Juxta.Cli.Bench.Targets;

/// <summary>How fast this machine reads a file from beginning to end into memory of its own: the yardstick of a load.</summary>
internal static unsafe class FileReading
{
    const int Chunk = 1 << 24;

    /// <summary>Seconds for a file, by one thread.</summary>
    public static double Seconds(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        long length = RandomAccess.GetLength(file);
        long start = Stopwatch.GetTimestamp();
        byte* memory = (byte*)NativeMemory.Alloc((nuint)length);
        try
        {
            for (long at = 0; at < length;)
            {
                int read = RandomAccess.Read(file, new Span<byte>(memory + at, (int)Math.Min(Chunk, length - at)), at);
                if (read == 0) throw new IOException($"{path}: ended at {at} of {length} bytes");
                at += read;
            }
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }
}
