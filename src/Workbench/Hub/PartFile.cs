using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Juxta.Workbench.Hub;

/// <summary>
/// A file that is arriving: its first bytes, and beside it a note of which content they belong to (hash) and of the server's tag for it (ETag). A part
/// of another content is discarded on opening. The hash runs along with what is appended.
/// </summary>
internal sealed class PartFile : IDisposable
{
    /// <summary>The note beside the part.</summary>
    sealed record Note(string Hash, string? ETag);

    readonly string _path, _target;
    readonly HubFile _file;
    readonly FileStream _stream;
    IncrementalHash _hash;

    /// <param name="path">Where the part lies or is to lie.</param>
    /// <param name="target">Where the file goes once it is whole.</param>
    /// <param name="file">What it is to become.</param>
    /// <exception cref="HubException">The disk refuses.</exception>
    public PartFile(string path, string target, HubFile file)
    {
        (_path, _target, _file) = (path, target, file);
        _hash = FileHash.Begin(file.Hash, file.Bytes);
        _stream = OnDisk(() =>
        {
            if (HubFolder.IsLink(path)) File.Delete(path);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        });
        Note? note = ReadNote();
        if (note?.Hash != file.Hash || _stream.Length > file.Bytes) Restart(null);
        else ETag = EntityTagHeaderValue.TryParse(note.ETag, out _) ? note.ETag : null;
    }

    string NotePath => _path + ".json";

    /// <summary>The tag of the content that the bytes came from; null when the server gave none that can be relied on.</summary>
    public string? ETag { get; private set; }

    public long Length => _stream.Length;

    /// <summary>Some of its bytes were there before this process came.</summary>
    public bool Resumed { get; private set; }

    /// <summary>Feeds the bytes that are there to the hash; once, before anything is appended.</summary>
    public async Task TakeUpAsync(CancellationToken cancel)
    {
        Resumed = Length > 0;
        _stream.Position = 0;
        var buffer = new byte[1 << 20];
        for (int read; (read = await _stream.ReadAsync(buffer, cancel)) > 0;) _hash.AppendData(buffer, 0, read);
    }

    /// <summary>Forgets all bytes; the next ones are of the content with that tag.</summary>
    public void Restart(string? etag) => OnDisk(() =>
    {
        _stream.SetLength(0);
        _hash.Dispose();
        _hash = FileHash.Begin(_file.Hash, _file.Bytes);
        Resumed = false;
        ETag = etag;
        File.Delete(NotePath);
        File.WriteAllBytes(NotePath, JsonSerializer.SerializeToUtf8Bytes(new Note(_file.Hash, etag), JsonSerializerOptions.Web));
        return true;
    });

    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
        }
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException) // the second: larger than files of this disk can be (FAT: 4 GB)
        {
            throw Refused(e);
        }
        _hash.AppendData(bytes);
    }

    /// <summary>Puts the whole file in its place, in one step, once it is safely on disk. False when its content is not the one expected; it is removed then.</summary>
    public bool Finish()
    {
        if (Length != _file.Bytes || FileHash.End(_hash, _file.Hash) != _file.Hash)
        {
            Discard();
            return false;
        }
        OnDisk(() =>
        {
            _stream.Flush(flushToDisk: true);
            File.Move(_path, _target, overwrite: true);
            File.Delete(NotePath);
            return true;
        });
        return true;
    }

    /// <summary>Removes the part.</summary>
    public void Discard() => OnDisk(() =>
    {
        File.Delete(_path);
        File.Delete(NotePath);
        return true;
    });

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
    }

    Note? ReadNote()
    {
        try
        {
            return JsonSerializer.Deserialize<Note>(File.ReadAllBytes(NotePath), JsonSerializerOptions.Web);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    T OnDisk<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(e);
        }
    }

    HubException Refused(Exception e) =>
        new($"the disk refuses {_file.Name} in {Path.GetDirectoryName(_target)}: {e.Message}; what has arrived is kept: make room and run the same again", e);
}
