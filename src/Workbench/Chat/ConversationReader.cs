using Juxta.Engine.Generation;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Chat;

/// <summary>Puts a conversation together from its rows and from the generations that still run.</summary>
internal static class ConversationReader
{
    /// <param name="findLive">The generation, while it is not all in the store.</param>
    public static async Task<Conversation> ReadAsync(JuxtaDb db, Guid id, Func<Guid, GenerationRecord?> findLive, CancellationToken cancel)
    {
        ConversationRow row = await db.Conversations.SingleOrDefaultAsync(row => row.Id == id, cancel) ?? throw NotFound(id);
        Dictionary<Guid, MessageRow> messages = await db.Messages.Where(message => message.ConversationId == id).ToDictionaryAsync(message => message.Id, cancel);
        List<MessageRow> branch = [];
        for (Guid? next = row.LeafId; next is Guid at; next = messages[at].ParentId) branch.Add(messages[at]);
        branch.Reverse();

        // Live ones first: one that ends in between is then found in the store.
        Guid[] wanted = [.. branch.Where(message => message.GenerationId is not null).Select(message => message.GenerationId!.Value)];
        Dictionary<Guid, (string Text, Answer Answer)> answers = [];
        foreach (Guid generation in wanted)
            if (findLive(generation) is { } live)
                answers[generation] = (live.Text, Answer(generation, live.Outcome, live.Usage, live.Value.Spec));
        foreach (GenerationRow stored in await db.Generations.Where(generation => wanted.Contains(generation.Id) && generation.Summary != null).ToListAsync(cancel))
            answers[stored.Id] = (stored.Summary!.Text, Answer(stored.Id, Outcome.Parse(stored.Outcome!), stored.Summary.Usage, stored.Value.Spec));

        return new Conversation(row.Id, row.Title, row.Created, row.Updated, row.Settings, [.. branch.Select(message =>
        {
            if (message.GenerationId is not Guid generation) return new Message(message.Id, message.ParentId, message.Role, message.Content ?? "", message.Created, null);
            // Deleted while this was being read.
            if (!answers.TryGetValue(generation, out (string Text, Answer Answer) answer)) throw NotFound(id);
            return new Message(message.Id, message.ParentId, message.Role, answer.Text, message.Created, answer.Answer);
        })]);
    }

    public static NotFoundException NotFound(Guid id) => new($"there is no conversation {id}; it may have been deleted");

    static Answer Answer(Guid generation, Outcome? outcome, GenerationUsage usage, GenerationSpec spec) =>
        new(generation, outcome, usage, spec.Model, spec.Request.Adapters, spec.Warnings);
}
