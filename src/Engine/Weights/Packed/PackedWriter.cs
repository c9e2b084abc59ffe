using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Juxta.Engine.Weights.Packed;

/// <summary>
/// Writes a packed file under a temporary name, on the disk before it gets its own: a reader meets a whole file or none, whoever else writes the same. The room is
/// taken first, so a full disk is known before anything is written. What is not committed is deleted; what a killed process left, by the next writer. The file grows
/// by whole windows of 4 MB: then the system keeps it in huge pages, and maps it so.
/// </summary>
internal sealed unsafe class PackedWriter : IDisposable
{
    const string Ending = ".part";

    readonly string _temporary;
    readonly SafeFileHandle _file;
    readonly PackedHeader _header;
    readonly nint[] _data;

    PackedWriter(string temporary, SafeFileHandle file, PackedHeader header, nint[] data) => (_temporary, _file, _header, _data) = (temporary, file, header, data);

    /// <param name="folder">Must exist.</param>
    /// <exception cref="IOException">The folder cannot be written, or the disk has not the room.</exception>
    public static PackedWriter Begin(string folder, string model, IReadOnlyList<PackedSource> sources)
    {
        DeleteAbandoned(folder);
        var sections = new List<PackedSection>();
        PackedHeader unplaced = new(new string('0', PackedFolder.KeyLength), model, long.MaxValue, [.. sources.Select(source => source.At(long.MaxValue, 0))]);
        long offset = PackedHeader.NextPage(PackedHeader.FixedBytes + unplaced.ToJson().Length);
        foreach (PackedSource source in sources)
        {
            sections.Add(source.At(offset, 0));
            offset = PackedHeader.NextPage(offset + source.Bytes + 1); // at least a byte behind the last, so that its page is whole
        }
        string temporary = Path.Combine(folder, Guid.NewGuid().ToString("N") + Ending);
        SafeFileHandle file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, preallocationSize: offset);
        return new PackedWriter(temporary, file, unplaced with { Length = offset, Sections = sections }, [.. sources.Select(source => source.Data)]);
    }

    /// <summary>Writes everything, waits for the disk and names the file.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Commit(string path, string key)
    {
        var sections = new List<PackedSection>();
        var window = new FileWindow(_file);
        for (int i = 0; i < _data.Length; i++)
        {
            PackedSection section = _header.Sections[i];
            var sums = new List<uint>();
            for (long start = 0; start < section.Bytes; start += Checksum.Chunk)
            {
                var chunk = new ReadOnlySpan<byte>((byte*)_data[i] + start, (int)Math.Min(Checksum.Chunk, section.Bytes - start));
                sums.Add(Checksum.OfChunk(chunk));
                window.Write(section.Offset + start, chunk);
            }
            sections.Add(section with { Checksum = Checksum.Fold([.. sums]).ToString("x8", CultureInfo.InvariantCulture) });
        }
        window.Flush();
        byte[] json = (_header with { Key = key, Sections = sections }).ToJson(), start16 = new byte[PackedHeader.FixedBytes];
        PackedHeader.Magic.CopyTo(start16);
        BinaryPrimitives.WriteUInt32LittleEndian(start16.AsSpan(8), (uint)json.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(start16.AsSpan(12), Checksum.OfChunk(json));
        RandomAccess.Write(_file, [.. start16, .. json], 0);
        RandomAccess.SetLength(_file, _header.Length);
        RandomAccess.FlushToDisk(_file);
        File.Move(_temporary, path, overwrite: true);
    }

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_temporary); // gone already where it was committed
    }

    /// <summary>A file that its writer still holds cannot be opened.</summary>
    static void DeleteAbandoned(string folder)
    {
        foreach (string part in Directory.EnumerateFiles(folder, "*" + Ending))
        {
            try
            {
                using (File.OpenHandle(part, FileMode.Open, FileAccess.Write, FileShare.None)) File.Delete(part);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // In use.
            }
        }
    }
}

/// <summary>A matrix or table in memory that is to be written.</summary>
/// <param name="Data">Must stay as long as the writer.</param>
internal sealed record PackedSource(string Name, string Format, int Rows, int Columns, nint Data, long Bytes)
{
    public PackedSection At(long offset, uint checksum) => new(Name, Format, Rows, Columns, offset, Bytes, checksum.ToString("x8", CultureInfo.InvariantCulture));
}
