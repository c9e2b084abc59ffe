using Juxta.Workbench.Generation;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Chat;

/// <summary>
/// Finds a text in titles and messages of all branches, without regard to case. It reads the texts, the last used conversation first, and stops
/// at enough hits: the same on every database, right for every script (indexes of trigrams know no Chinese word of two characters, and SQLite's
/// LIKE folds the case of ASCII only), and quick enough for what one database of conversations holds. An index would replace this class alone.
/// </summary>
/// <param name="findLive">The generation, while it is not all in the store.</param>
internal sealed class ConversationSearch(JuxtaDb db, Func<Guid, GenerationRecord?> findLive)
{
    /// <summary>UTF-16 units of an excerpt on each side of the hit.</summary>
    const int Around = 40;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(string text, int limit, CancellationToken cancel)
    {
        string wanted = text.Trim();
        List<SearchHit> hits = [];
        if (wanted.Length == 0) return hits;
        var conversations = await db.Conversations.OrderByDescending(row => row.Updated).ThenByDescending(row => row.Id)
            .Select(row => new { row.Id, row.Title }).ToListAsync(cancel);
        foreach (var conversation in conversations)
        {
            Look(conversation.Title, conversation.Title, null, null);
            var messages = db.Messages.Where(row => row.ConversationId == conversation.Id).OrderBy(row => row.Created).ThenBy(row => row.Id)
                .Select(row => new
                {
                    row.Id, row.Role, row.Content, row.GenerationId,
                    Summary = db.Generations.Where(generation => generation.Id == row.GenerationId).Select(generation => generation.Summary).FirstOrDefault(),
                });
            await foreach (var message in messages.AsAsyncEnumerable().WithCancellation(cancel))
            {
                if (hits.Count >= limit) return hits;
                string? said = message.GenerationId is Guid generation ? message.Summary?.Text ?? findLive(generation)?.Text : message.Content;
                if (said is not null) Look(said, conversation.Title, message.Id, message.Role);
            }
            if (hits.Count >= limit) return hits;

            void Look(string within, string title, Guid? message, string? role)
            {
                int at = within.IndexOf(wanted, StringComparison.OrdinalIgnoreCase);
                if (at < 0) return;
                (string excerpt, int start) = Excerpt(within, at, wanted.Length);
                hits.Add(new SearchHit(conversation.Id, title, message, role, excerpt, start, wanted.Length));
            }
        }
        return hits;
    }

    /// <summary>The text around a hit, and where in it the hit begins.</summary>
    static (string Text, int Start) Excerpt(string text, int at, int length)
    {
        int from = Math.Max(0, at - Around), to = Math.Min(text.Length, at + length + Around);
        if (from > 0 && char.IsLowSurrogate(text[from])) from++;
        if (to < text.Length && char.IsLowSurrogate(text[to])) to--;
        string head = from > 0 ? "…" : "", tail = to < text.Length ? "…" : "";
        // One character for one: places stay what they are.
        string line = string.Create(to - from, (text, from), static (chars, source) =>
        {
            for (int i = 0; i < chars.Length; i++) chars[i] = char.IsWhiteSpace(source.text[source.from + i]) ? ' ' : source.text[source.from + i];
        });
        return (head + line + tail, at - from + head.Length);
    }
}

/// <summary>A place where a search found its text.</summary>
/// <param name="Title">Of the conversation.</param>
/// <param name="MessageId">The message; null when the title has the text. <see cref="Conversations.SelectAsync"/> shows it.</param>
/// <param name="Role">Of the message.</param>
/// <param name="Excerpt">The text around the hit, on one line.</param>
/// <param name="Start">Where in the excerpt the hit begins, in UTF-16 units.</param>
/// <param name="Length">Of the hit.</param>
public sealed record SearchHit(Guid ConversationId, string Title, Guid? MessageId, string? Role, string Excerpt, int Start, int Length);
