using Juxta.Workbench.Chat;
using Juxta.Workbench.Hub;

namespace Juxta.Web.Chat.Transfer;

/// <summary>Files of conversations on their way in, each with how far it is or what became of it.</summary>
public sealed class ConversationImport(Conversations conversations)
{
    readonly Lock _gate = new();
    readonly List<ImportedFile> _files = [];

    /// <summary>How far a file is changed. Raised on any thread.</summary>
    public event Action? Changed;

    public IReadOnlyList<ImportedFile> Files
    {
        get
        {
            lock (_gate) return [.. _files];
        }
    }

    /// <summary>Takes a file in, whatever of the formats it is in; what is wrong with it stands in <see cref="Files"/>. The conversations, or none.</summary>
    /// <param name="name">As the person calls it.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="open">Opens it; a file that is too large is not opened.</param>
    public async Task<IReadOnlyList<Guid>> TakeAsync(string name, long bytes, Func<Stream> open)
    {
        var key = new object();
        Put(new ImportedFile(key, name, $"0 of {ByteSize.Format(bytes)}", 0, false));
        try
        {
            if (bytes > Conversations.MaxImportBytes) throw new Engine.RequestException($"{name} is larger than {Conversations.MaxImportBytes >> 20} MiB; import it in parts", "file");
            IReadOnlyList<Guid> ids;
            await using (var counted = new CountedStream(open(), read => Put(Reading(key, name, read, bytes)))) ids = await conversations.ImportAsync(null, name, counted);
            Put(new ImportedFile(key, name, ids.Count == 1 ? "1 conversation" : $"{ids.Count} conversations", null, false));
            return ids;
        }
        catch (Exception e)
        {
            Put(new ImportedFile(key, name, Without(name, Notices.Of(e)?.Text ?? "stopped"), null, true));
            return [];
        }
    }

    /// <summary>Takes a file off the list.</summary>
    public void Forget(ImportedFile file)
    {
        lock (_gate) _files.RemoveAll(other => ReferenceEquals(other.Key, file.Key));
        Changed?.Invoke();
    }

    /// <summary>The name stands beside it already.</summary>
    static string Without(string name, string text) => text.StartsWith(name + " ", StringComparison.Ordinal) ? text[(name.Length + 1)..] : text;

    static ImportedFile Reading(object key, string name, long read, long bytes) =>
        read < bytes ? new ImportedFile(key, name, $"{ByteSize.Format(read)} of {ByteSize.Format(bytes)}", (double)read / bytes, false) : new ImportedFile(key, name, "storing", 1, false);

    void Put(ImportedFile file)
    {
        lock (_gate)
        {
            int at = _files.FindIndex(other => ReferenceEquals(other.Key, file.Key));
            if (at < 0) _files.Add(file);
            else _files[at] = file;
        }
        Changed?.Invoke();
    }
}

/// <summary>A file on its way in, or what became of it.</summary>
/// <param name="Key">The same for one file all the way.</param>
/// <param name="Text">How far it is, how many conversations it had, or what is wrong with it.</param>
/// <param name="Share">0 … 1 while it is read; null when that is over.</param>
public sealed record ImportedFile(object Key, string Name, string Text, double? Share, bool Failed);
