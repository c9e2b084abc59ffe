using System.Buffers.Binary;
using System.Text;

namespace Juxta.Engine.Weights;

/// <summary>
/// Where the entries of a zip file lie, so that stored (uncompressed) ones can be read in place. PKWARE APPNOTE 6.3, zip64 included, for torch writes
/// archives of many gigabytes. Compressed and encrypted entries are refused.
/// </summary>
internal static class ZipDirectory
{
    const uint EndSignature = 0x06054b50, End64Signature = 0x06064b50, Locator64Signature = 0x07064b50, CentralSignature = 0x02014b50, LocalSignature = 0x04034b50;
    const int EndBytes = 22, CentralBytes = 46, LocalBytes = 30;
    const long MaxEntries = 1_000_000;

    /// <summary>A stored entry's bytes in the file.</summary>
    public readonly record struct Entry(long Offset, long Length);

    /// <exception cref="ModelFormatException">The directory is damaged or an entry is not stored plainly.</exception>
    public static IReadOnlyDictionary<string, Entry> Read(MappedFile file)
    {
        (long start, long bytes, long count) = FindCentralDirectory(file);
        if (count > MaxEntries || bytes > int.MaxValue || !Fits(file, start, bytes)) throw Damaged(file, "its directory lies outside the file");
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        ReadOnlySpan<byte> directory = file.Span(start, (int)bytes);
        for (long i = 0; i < count; i++)
        {
            if (directory.Length < CentralBytes || U32(directory, 0) != CentralSignature) throw Damaged(file, "its directory is cut short");
            int nameBytes = U16(directory, 28), extraBytes = U16(directory, 30), commentBytes = U16(directory, 32);
            int entryBytes = CentralBytes + nameBytes + extraBytes + commentBytes;
            if (directory.Length < entryBytes) throw Damaged(file, "its directory is cut short");
            string name = Encoding.UTF8.GetString(directory.Slice(CentralBytes, nameBytes));
            if ((U16(directory, 8) & 1) != 0) throw Damaged(file, $"entry '{name}' is encrypted");
            if (U16(directory, 10) != 0) throw Damaged(file, $"entry '{name}' is compressed, but torch.save stores its entries plainly; save it again with torch.save");
            long length = U32(directory, 24), local = U32(directory, 42);
            ReadZip64(directory.Slice(CentralBytes + nameBytes, extraBytes), U32(directory, 20) == uint.MaxValue, ref length, ref local);
            if (!entries.TryAdd(name, Locate(file, name, local, length))) throw Damaged(file, $"entry '{name}' occurs twice");
            directory = directory[entryBytes..];
        }
        return entries;
    }

    static Entry Locate(MappedFile file, string name, long local, long length)
    {
        if (!Fits(file, local, LocalBytes) || U32(file.Span(local, LocalBytes), 0) != LocalSignature) throw Damaged(file, $"entry '{name}' lies outside the file: truncated?", ModelFault.Truncated);
        ReadOnlySpan<byte> header = file.Span(local, LocalBytes);
        long start = local + LocalBytes + U16(header, 26) + U16(header, 28);
        if (!Fits(file, start, length)) throw Damaged(file, $"entry '{name}' of {length} bytes reaches beyond the file: truncated?", ModelFault.Truncated);
        return new Entry(start, length);
    }

    static (long Start, long Bytes, long Count) FindCentralDirectory(MappedFile file)
    {
        // The end record is the last thing in the file but for a comment of at most 65535 bytes.
        int tailBytes = (int)Math.Min(file.Length, EndBytes + 65535);
        ReadOnlySpan<byte> tail = file.Span(file.Length - tailBytes, tailBytes);
        int at = tail.Length - EndBytes;
        while (at >= 0 && U32(tail, at) != EndSignature) at--;
        if (at < 0) throw Damaged(file, "no directory at its end: truncated? Download it again", ModelFault.Truncated);
        long endOffset = file.Length - tailBytes + at;
        (long start, long bytes, long count) = (U32(tail, at + 16), U32(tail, at + 12), U16(tail, at + 10));
        if (start != uint.MaxValue && bytes != uint.MaxValue && count != ushort.MaxValue) return (start, bytes, count);

        const int LocatorBytes = 20, End64Bytes = 56;
        if (!Fits(file, endOffset - LocatorBytes, LocatorBytes) || U32(file.Span(endOffset - LocatorBytes, LocatorBytes), 0) != Locator64Signature) return (start, bytes, count);
        long end64 = I64(file.Span(endOffset - LocatorBytes, LocatorBytes), 8);
        if (!Fits(file, end64, End64Bytes) || U32(file.Span(end64, End64Bytes), 0) != End64Signature) throw Damaged(file, "its zip64 directory is not where it should be");
        ReadOnlySpan<byte> record = file.Span(end64, End64Bytes);
        return (I64(record, 48), I64(record, 40), I64(record, 32));
    }

    /// <summary>Sizes and offsets beyond 32 bits are in extra field 1, each only where its 32-bit place holds all ones.</summary>
    static void ReadZip64(ReadOnlySpan<byte> extra, bool compressedToo, ref long length, ref long local)
    {
        while (extra.Length >= 4)
        {
            int id = U16(extra, 0), size = U16(extra, 2);
            if (extra.Length < 4 + size) return;
            if (id == 1)
            {
                ReadOnlySpan<byte> values = extra.Slice(4, size);
                int at = 0;
                if (length == uint.MaxValue && values.Length >= at + 8)
                {
                    length = I64(values, at);
                    at += 8;
                }
                if (compressedToo) at += 8;
                if (local == uint.MaxValue && values.Length >= at + 8) local = I64(values, at);
                return;
            }
            extra = extra[(4 + size)..];
        }
    }

    static bool Fits(MappedFile file, long offset, long count) => offset >= 0 && count >= 0 && offset <= file.Length - count;

    static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    static ModelFormatException Damaged(MappedFile file, string what, ModelFault fault = ModelFault.Other) =>
        new($"{file.Path}: damaged zip file: {what}", file.Path) { Fault = fault };
}
