using System.Text;
using Juxta.Engine;
using Juxta.Training.Corpora;
using Juxta.Workbench.Chat.Formats;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Chat;

/// <content>Conversations to files and back.</content>
public sealed partial class Conversations
{
    /// <summary>Most bytes of a file that is imported.</summary>
    public const int MaxImportBytes = 256 << 20;

    /// <summary>Writes conversations to a file in one of <see cref="ConversationFormats.All"/>.</summary>
    /// <param name="format">The format's name.</param>
    /// <param name="ids">The conversations; null = all, the last used first.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="NotFoundException">A conversation is not there (any more).</exception>
    /// <exception cref="RequestException">There is no such format, or it can hold none of the conversations.</exception>
    public async Task<ExportedFile> ExportAsync(string format, IReadOnlyCollection<Guid>? ids = null, CancellationToken cancel = default)
    {
        ConversationFormat to = ConversationFormats.Find(format);
        List<PortableConversation> conversations = await _store.ReadAsync(
            async db =>
            {
                var reader = new ConversationReader(db, _generations.FindLive);
                List<PortableConversation> taken = [];
                ids ??= await db.Conversations.OrderByDescending(row => row.Updated).ThenByDescending(row => row.Id).Select(row => row.Id).ToListAsync(cancel);
                foreach (Guid id in ids) taken.Add(await ConversationArchive.TakeAsync(db, reader, id, _generations.FindLive, to.KeepsGenerations, cancel));
                return taken;
            },
            cancel);
        if (conversations.Count == 0) throw new RequestException("there is no conversation to export", "ids");
        string name = conversations.Count == 1 ? FileName(conversations[0].Title) : "conversations";
        List<string> leftOut = [];
        conversations.RemoveAll(conversation =>
        {
            if (to.Obstacle(conversation) is not { } obstacle) return false;
            leftOut.Add($"'{conversation.Title}' cannot be written as {to.Label}: {obstacle}");
            return true;
        });
        if (conversations.Count == 0) throw new RequestException(string.Join("\n", leftOut), "format");
        var text = new StringWriter();
        to.Write(conversations, text);
        return new ExportedFile(name + to.Extension, to.MediaType, Encoding.UTF8.GetBytes(text.ToString()), leftOut);
    }

    /// <summary>Adds the conversations of a file, under new ids: all of them or, when one is at fault, none.</summary>
    /// <param name="format">The format's name; null = what the first record of the file looks like.</param>
    /// <param name="fileName">For errors.</param>
    /// <param name="content">UTF-8, at most <see cref="MaxImportBytes"/>.</param>
    /// <param name="cancel">Stops reading; what is being stored is stored.</param>
    /// <returns>The ids of the conversations, in the file's order.</returns>
    /// <exception cref="RequestException">Names the file, the line and the field at fault.</exception>
    public async Task<IReadOnlyList<Guid>> ImportAsync(string? format, string fileName, Stream content, CancellationToken cancel = default)
    {
        ConversationFormat? named = format is null ? null : ConversationFormats.Find(format);
        if (named is { CanImport: false } from) throw new RequestException($"{from.Label}: conversations are not read from this format; use {string.Join(", ", ConversationFormats.All.Where(other => other.CanImport).Select(other => other.Name))}", "format");
        byte[] bytes = await ReadAsync(fileName, content, cancel);
        JsonField[] records = [.. JsonRecords.Read(fileName, bytes)];
        ConversationFormat? read = named ?? (records.Length == 0 ? null : ConversationFormats.Of(records[0]));
        PortableConversation[] conversations = [.. records.SelectMany(record => read!.Read(record))];
        if (conversations.Length == 0) throw new RequestException($"{fileName} has no conversation in it", "file");
        List<Guid> ids = [];
        DateTimeOffset now = _time.GetUtcNow();
        await _store.WriteAsync(db =>
        {
            // The first of the file comes first in the list.
            for (int i = 0; i < conversations.Length; i++) ids.Add(ConversationArchive.Put(db, conversations[i], now.AddTicks(-i)));
            return Task.CompletedTask;
        });
        Changed?.Invoke(ids[^1]);
        return ids;
    }

    static async Task<byte[]> ReadAsync(string fileName, Stream content, CancellationToken cancel)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = await content.ReadAsync(buffer, cancel)) > 0;)
        {
            if (all.Length + read > MaxImportBytes) throw new RequestException($"{fileName} is larger than {MaxImportBytes >> 20} MiB; import it in parts", "file");
            all.Write(buffer, 0, read);
        }
        return all.ToArray();
    }

    /// <summary>A title as a name that every file system takes.</summary>
    static string FileName(string title)
    {
        string name = string.Concat(title.EnumerateRunes().Select(rune => Rune.IsLetterOrDigit(rune) ? rune.ToString() : "-"));
        string words = string.Join('-', name.Split('-', StringSplitOptions.RemoveEmptyEntries));
        return words.Length == 0 ? "conversation" : Line.Start(words, TitleLength).TrimEnd('…');
    }
}

/// <summary>A file of conversations.</summary>
/// <param name="Name">A proposal, with extension.</param>
/// <param name="LeftOut">Conversations that the format cannot hold, each with the reason.</param>
public sealed record ExportedFile(string Name, string MediaType, byte[] Content, IReadOnlyList<string> LeftOut);
