using System.IO.MemoryMappedFiles;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Weights;

/// <summary>A file mapped read-only into memory; its pages are read when touched. Owns the mapping.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    readonly MemoryMappedFile? _map;
    readonly MemoryMappedViewAccessor? _view;
    byte* _start;

    MappedFile(string path, long length, MemoryMappedFile? map)
    {
        Path = path;
        Length = length;
        _map = map;
        if (map is null) return; // an empty file cannot be mapped
        _view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    public string Path { get; }

    public long Length { get; }

    /// <exception cref="ModelFormatException">The file cannot be opened.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            // Windows forbids truncating a mapped file; elsewhere nothing does, so a shard must not be rewritten while it loads.
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            long length = stream.Length;
            if (length == 0)
            {
                stream.Dispose();
                return new MappedFile(path, 0, null);
            }
            return new MappedFile(path, length, MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{path}: cannot be opened: {error.Message}", path, error);
        }
    }

    /// <summary>Address of byte <paramref name="offset"/>; the <paramref name="count"/> bytes from there are inside the file.</summary>
    public byte* At(long offset, long count)
    {
        if (offset < 0 || count < 0 || offset > Length - count) throw new ArgumentOutOfRangeException(nameof(offset), $"{count} bytes at {offset} of a file of {Length}");
        return _start + offset;
    }

    /// <summary>Asks for huge pages, before anything is touched: what is read from the disk then comes in stretches of that size, too.</summary>
    public void PreferHugePages()
    {
        if (_start is not null) PageAdvice.PreferHuge(_start, Length);
    }

    /// <summary>A short stretch of the file.</summary>
    public ReadOnlySpan<byte> Span(long offset, int count) => new(At(offset, count), count);

    public void Dispose()
    {
        if (_start is not null)
        {
            _view!.SafeMemoryMappedViewHandle.ReleasePointer();
            _start = null;
        }
        _view?.Dispose();
        _map?.Dispose();
    }
}
