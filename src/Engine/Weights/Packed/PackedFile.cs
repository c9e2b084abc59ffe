using System.Buffers.Binary;
using System.Globalization;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Weights.Packed;

/// <summary>
/// A packed file, mapped: its sections are used where they lie, so opening it costs one reading, and two processes share one copy. Where the system maps it in pages
/// of 4 KB only and memory suffices for a copy, it is read into huge pages instead (<see cref="PageAdvice.PreferHuge"/>).
/// </summary>
internal sealed unsafe class PackedFile : IDisposable
{
    readonly IDisposable _owner;
    readonly byte* _start;
    readonly Dictionary<string, PackedSection> _sections;

    PackedFile(IDisposable owner, byte* start, PackedHeader header)
    {
        _owner = owner;
        _start = start;
        _sections = header.Sections.ToDictionary(section => section.Name, StringComparer.Ordinal);
    }

    /// <summary>Opens a file and reads it to its end; null where any of its bytes are not what was written, or it was written for another key.</summary>
    /// <param name="threads">Threads that read.</param>
    /// <exception cref="ModelFormatException">It cannot be opened.</exception>
    public static PackedFile? Open(string path, string key, int threads)
    {
        MappedFile file = MappedFile.Open(path);
        file.PreferHugePages();
        if (ReadHeader(file) is not { } header || header.Key != key || header.Sections.DistinctBy(section => section.Name).Count() < header.Sections.Count || !IsWhole(file, header, threads))
        {
            file.Dispose();
            return null;
        }
        if (HugePages.Hold(file.At(0, 0), file.Length) || FreeMemory.Bytes() / 2 < file.Length) return new PackedFile(file, file.At(0, 0), header);
        AlignedBuffer copy = Copy(file, threads);
        file.Dispose();
        return new PackedFile(copy, copy.Pointer, header);
    }

    /// <summary>Its header alone; null where it has none or is not as long as it says.</summary>
    public static PackedHeader? ReadHeader(MappedFile file)
    {
        if (file.Length < PackedHeader.FixedBytes || !file.Span(0, 8).SequenceEqual(PackedHeader.Magic)) return null;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(file.Span(8, 4)), checksum = BinaryPrimitives.ReadUInt32LittleEndian(file.Span(12, 4));
        if (length > file.Length - PackedHeader.FixedBytes || length > int.MaxValue) return null;
        ReadOnlySpan<byte> json = file.Span(PackedHeader.FixedBytes, (int)length);
        return Checksum.OfChunk(json) == checksum && PackedHeader.Parse(json) is { } header && header.Length == file.Length ? header : null;
    }

    /// <summary>The section of that name, or null.</summary>
    public PackedSection? Find(string name) => _sections.GetValueOrDefault(name);

    /// <summary>Where a section's bytes lie; valid while the file is open.</summary>
    public byte* DataOf(PackedSection section) => _start + section.Offset; // it ends before the file does: PackedHeader.Parse

    public void Dispose() => _owner.Dispose();

    static AlignedBuffer Copy(MappedFile file, int threads)
    {
        var copy = new AlignedBuffer(file.Length);
        Parallel.For(0, ChunkCount(file.Length), new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            long start = (long)i * Checksum.Chunk;
            int bytes = (int)Math.Min(Checksum.Chunk, file.Length - start);
            file.Span(start, bytes).CopyTo(new Span<byte>(copy.Pointer + start, bytes));
        });
        return copy;
    }

    static bool IsWhole(MappedFile file, PackedHeader header, int threads)
    {
        (PackedSection Section, int Chunk)[] chunks = [.. header.Sections.SelectMany(section => Enumerable.Range(0, ChunkCount(section.Bytes)).Select(chunk => (section, chunk)))];
        uint[] sums = new uint[chunks.Length];
        Parallel.For(0, chunks.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            (PackedSection section, int chunk) = chunks[i];
            long start = (long)chunk * Checksum.Chunk;
            sums[i] = Checksum.OfChunk(file.Span(section.Offset + start, (int)Math.Min(Checksum.Chunk, section.Bytes - start)));
        });
        int first = 0;
        foreach (PackedSection section in header.Sections)
        {
            int count = ChunkCount(section.Bytes);
            if (Checksum.Fold(sums.AsSpan(first, count)).ToString("x8", CultureInfo.InvariantCulture) != section.Checksum) return false;
            first += count;
        }
        return true;
    }

    static int ChunkCount(long bytes) => checked((int)((bytes + Checksum.Chunk - 1) / Checksum.Chunk));
}
