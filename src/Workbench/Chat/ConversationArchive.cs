using Juxta.Workbench.Chat.Formats;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Chat;

/// <summary>Takes conversations out of the store whole, and puts them in.</summary>
internal static class ConversationArchive
{
    /// <param name="reader">Over <paramref name="db"/>.</param>
    /// <param name="findLive">The generation, while it is not all in the store.</param>
    /// <param name="generations">Also read what formats keep that are complete.</param>
    public static async Task<PortableConversation> TakeAsync(
        JuxtaDb db, ConversationReader reader, Guid id, Func<Guid, GenerationRecord?> findLive, bool generations, CancellationToken cancel)
    {
        ConversationRow row = await ConversationReader.RowAsync(db, id, cancel);
        MessageTree tree = await ConversationReader.TreeAsync(db, id, cancel);
        List<MessageRow> rows = ParentsFirst(tree);
        Dictionary<Guid, int> places = rows.Select((message, i) => (message.Id, i)).ToDictionary(pair => pair.Id, pair => pair.i);
        Dictionary<Guid, (string Text, Answer Answer)> answers = await reader.AnswersAsync(id, rows, cancel);
        ILookup<Guid, EarlierPartRow> earlier = (await db.EarlierParts
                .Where(part => db.Messages.Any(message => message.ConversationId == id && message.Id == part.MessageId)).OrderBy(part => part.Part).ToListAsync(cancel))
            .ToLookup(part => part.MessageId);
        Func<int, int> rank = Ranks(rows.Select(message => message.Shown));
        List<PortableMessage> messages = [];
        foreach (MessageRow message in rows)
        {
            (string text, Answer? answer) = message.GenerationId is Guid generation ? answers[generation] : (message.Content ?? "", default(Answer));
            List<GenerationRecord> records = [];
            if (generations && message.GenerationId is Guid last)
            {
                foreach (Guid part in earlier[message.Id].Select(part => part.GenerationId).Append(last))
                    records.Add(findLive(part) ?? await GenerationArchive.FindAsync(db, part, cancel) ?? throw ConversationReader.NotFound(id));
            }
            messages.Add(new PortableMessage
            {
                Parent = message.ParentId is Guid parent ? places[parent] : null,
                Role = message.Role,
                // A running answer may have grown since: the text is that of the record which goes along.
                Text = records.Count > 0 ? records[^1].Text : text,
                Written = message.Content,
                Fields = message.Fields,
                Created = message.Created,
                Shown = rank(message.Shown),
                Answer = answer,
                Generations = records,
            });
        }
        return new PortableConversation
        {
            Title = row.Title, Created = row.Created, Updated = row.Updated, Settings = row.Settings, Messages = messages,
            Leaf = row.LeafId is Guid leaf ? places[leaf] : null,
        };
    }

    /// <summary>Adds a conversation under new ids; returns its own.</summary>
    /// <param name="now">Its time where it has none.</param>
    public static Guid Put(JuxtaDb db, PortableConversation conversation, DateTimeOffset now)
    {
        var row = new ConversationRow
        {
            Id = Guid.CreateVersion7(now),
            Title = conversation.Title.Length > 0 ? conversation.Title : Line.Start(Opening(conversation), Conversations.TitleLength),
            Settings = conversation.Settings,
            Created = conversation.Created ?? now,
            Updated = conversation.Updated ?? now,
        };
        db.Conversations.Add(row);
        // Ids rise in the order of the file: they order messages of one instant.
        Guid[] ids = [.. conversation.Messages.Select((_, i) => Guid.CreateVersion7(now.AddMilliseconds(i)))];
        Func<int, int> rank = Ranks(conversation.Messages.Select(message => message.Shown));
        int last = conversation.Messages.Select(message => rank(message.Shown)).DefaultIfEmpty().Max();
        for (int i = 0; i < ids.Length; i++)
        {
            PortableMessage message = conversation.Messages[i];
            Guid[] parts = [.. message.Generations.Select(generation => Put(db, generation, now))];
            db.Messages.Add(new MessageRow
            {
                Id = ids[i],
                ConversationId = row.Id,
                ParentId = message.Parent is int parent ? ids[parent] : null,
                Role = message.Role,
                Content = message.Written,
                Fields = message.Fields,
                GenerationId = parts.Length > 0 ? parts[^1] : null,
                Created = message.Created ?? now,
                // Whatever the file says, the message on show was shown last.
                Shown = i == conversation.Leaf && (last == 0 || rank(message.Shown) < last) ? last + 1 : rank(message.Shown),
            });
            for (int part = 0; part < parts.Length - 1; part++) db.EarlierParts.Add(new EarlierPartRow { MessageId = ids[i], Part = part, GenerationId = parts[part] });
        }
        row.LeafId = conversation.Leaf is int leaf ? ids[leaf] : null;
        return row.Id;
    }

    static Guid Put(JuxtaDb db, GenerationRecord record, DateTimeOffset now)
    {
        var row = new GenerationRow { Id = Guid.CreateVersion7(now), Created = record.Created, Value = record.Value };
        row.End(record);
        db.Generations.Add(row);
        db.Steps.Add(new StepsRow { GenerationId = row.Id, Start = 0, Steps = StoredJson.WriteSteps(record.Steps) });
        return row.Id;
    }

    /// <summary>The order of the numbers that are not 0, from 1: it alone means something.</summary>
    static Func<int, int> Ranks(IEnumerable<int> shown)
    {
        List<int> numbers = [.. shown.Where(number => number > 0).Distinct().Order()];
        return number => number == 0 ? 0 : numbers.BinarySearch(number) + 1;
    }

    /// <summary>What a conversation without a title is called after.</summary>
    static string Opening(PortableConversation conversation) =>
        conversation.Messages.OrderBy(message => message.Role == Roles.User ? 0 : 1).FirstOrDefault()?.Text ?? "";

    /// <summary>Messages by age, yet each behind its parent whatever the clock said.</summary>
    static List<MessageRow> ParentsFirst(MessageTree tree)
    {
        ILookup<Guid?, MessageRow> children = tree.All.ToLookup(row => row.ParentId);
        List<MessageRow> rows = [];
        var waiting = new Queue<MessageRow>(children[null]);
        while (waiting.TryDequeue(out MessageRow? next))
        {
            rows.Add(next);
            foreach (MessageRow child in children[next.Id]) waiting.Enqueue(child);
        }
        return rows;
    }
}
