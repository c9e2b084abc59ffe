using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Juxta.Engine.Weights;

/// <summary>
/// What a file is told by without reading it. On Linux it holds the time at which the file's inode last changed, which every write sets and no program can set
/// back, and the inode, which another file in its place does not have: files of equal identity hold equal bytes, once that time lies so far back that no later
/// write can have had the same (<see cref="Settled"/>). Elsewhere size and time of writing are all there is, and they are no proof: tools set that time.
/// </summary>
/// <param name="Path">Full path, links resolved.</param>
/// <param name="Modified">Nanoseconds since 1970.</param>
/// <param name="Changed">Of the inode, nanoseconds since 1970; 0 where the system does not say.</param>
internal readonly partial record struct FileIdentity(string Path, long Length, long Modified, ulong Device, ulong Inode, long Changed)
{
    const int CurrentFolder = -100, BasicFields = 0x7FF, Bytes = 256; // AT_FDCWD, STATX_BASIC_STATS, sizeof(struct statx)

    /// <exception cref="IOException">There is no such file.</exception>
    public static FileIdentity Of(string path)
    {
        FileInfo info = new(System.IO.Path.GetFullPath(path));
        if (info.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target) info = target;
        return OfInode(info.FullName) ?? new FileIdentity(info.FullName, info.Length, (info.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks * 100, 0, 0, 0);
    }

    /// <summary>Whether its last change is known and older than <paramref name="age"/>, more than any clock of a file system is coarse.</summary>
    public bool Settled(TimeSpan age) => Changed > 0 && (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch - age).Ticks * 100 > Changed;

    static unsafe FileIdentity? OfInode(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        byte* buffer = stackalloc byte[Bytes];
        try
        {
            if (StatX(CurrentFolder, path, 0, BasicFields, buffer) != 0) return null;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library older than 2018
        }
        // struct statx has one layout on every processor: stx_ino at 32, stx_size at 40, stx_ctime at 96, stx_mtime at 112, stx_dev at 136.
        var fields = new ReadOnlySpan<byte>(buffer, Bytes);
        return new FileIdentity(path, BinaryPrimitives.ReadInt64LittleEndian(fields[40..]), Time(fields[112..]), BinaryPrimitives.ReadUInt64LittleEndian(fields[136..]), BinaryPrimitives.ReadUInt64LittleEndian(fields[32..]), Time(fields[96..]));
    }

    static long Time(ReadOnlySpan<byte> field) => (BinaryPrimitives.ReadInt64LittleEndian(field) * 1_000_000_000) + BinaryPrimitives.ReadUInt32LittleEndian(field[8..]);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(int folder, string path, int flags, uint fields, byte* buffer);
}
