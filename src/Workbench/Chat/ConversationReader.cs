using Juxta.Engine.Generation;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Chat;

/// <summary>Puts a conversation together from its rows and from the generations that still run.</summary>
/// <param name="db">Where the rows are.</param>
/// <param name="findLive">The generation, while it is not all in the store.</param>
internal sealed class ConversationReader(JuxtaDb db, Func<Guid, GenerationRecord?> findLive)
{
    const int NodeStart = 80;

    /// <param name="id">The conversation.</param>
    /// <param name="last">Where the branch ends; null = as it is on show.</param>
    /// <param name="cancel">Stops reading.</param>
    public async Task<Conversation> ConversationAsync(Guid id, Guid? last, CancellationToken cancel)
    {
        ConversationRow row = await RowAsync(db, id, cancel);
        MessageTree tree = await TreeAsync(db, id, cancel);
        List<MessageRow> branch = tree.Branch(last is Guid wanted ? tree.Get(wanted).Id : row.LeafId);
        Dictionary<Guid, (string Text, Answer Answer)> answers = await AnswersAsync(id, branch, cancel);
        Guid[] shown = [.. branch.Select(message => message.Id)];
        ILookup<Guid, Guid> earlier = (await db.EarlierParts.Where(part => shown.Contains(part.MessageId)).OrderBy(part => part.Part).ToListAsync(cancel))
            .ToLookup(part => part.MessageId, part => part.GenerationId);
        return new Conversation(row.Id, row.Title, row.Created, row.Updated, row.Settings, [.. branch.Select(Message)]);

        Message Message(MessageRow message)
        {
            (string text, Answer? answer) = message.GenerationId is Guid generation ? answers[generation] : (message.Content ?? "", default(Answer));
            List<Guid> siblings = tree.Siblings(message);
            return new Message(message.Id, message.ParentId, message.Role, text, message.Created, answer is null ? null : answer with { EarlierParts = [.. earlier[message.Id]] })
            {
                Siblings = siblings,
                Position = siblings.IndexOf(message.Id),
                HasChildren = tree.HasChildren(message.Id),
                Fields = message.Fields,
            };
        }
    }

    public async Task<IReadOnlyList<MessageNode>> NodesAsync(Guid id, CancellationToken cancel)
    {
        ConversationRow row = await RowAsync(db, id, cancel);
        MessageTree tree = await TreeAsync(db, id, cancel);
        Dictionary<Guid, (string Text, Answer Answer)> answers = await AnswersAsync(id, tree.All, cancel);
        HashSet<Guid> shown = [.. tree.Branch(row.LeafId).Select(message => message.Id)];
        return [.. tree.All.Select(message =>
        {
            (string text, Answer? answer) = message.GenerationId is Guid generation ? answers[generation] : (message.Content ?? "", default(Answer));
            return new MessageNode(
                message.Id, message.ParentId, message.Role, Line.Start(text, NodeStart), answer?.Outcome, answer is { Running: true }, shown.Contains(message.Id), message.Created);
        })];
    }

    /// <summary>The text and the making of each message that has a generation, by generation.</summary>
    public async Task<Dictionary<Guid, (string Text, Answer Answer)>> AnswersAsync(Guid id, IEnumerable<MessageRow> messages, CancellationToken cancel)
    {
        // Live ones first: one that ends in between is then found in the store.
        Guid[] wanted = [.. messages.Where(message => message.GenerationId is not null).Select(message => message.GenerationId!.Value)];
        Dictionary<Guid, (string Text, Answer Answer)> answers = [];
        foreach (Guid generation in wanted)
        {
            if (findLive(generation) is not { } live) continue;
            GenerationSpec spec = live.Value.Spec;
            answers[generation] = (live.Text, new Answer(generation, live.Outcome, live.Usage, spec.Model, spec.Request.Adapters, spec.Warnings) { OpensThought = spec.OpensThought });
        }
        var stored = await db.Generations.Where(generation => wanted.Contains(generation.Id) && generation.Summary != null)
            .Select(generation => new { generation.Id, generation.Outcome, generation.Summary }).ToListAsync(cancel);
        foreach (var generation in stored)
        {
            GenerationSummary summary = generation.Summary!;
            answers[generation.Id] = (summary.Text, new Answer(
                generation.Id, Outcome.Parse(generation.Outcome!), summary.Usage, summary.Model, summary.Adapters, summary.Warnings)
            {
                OpensThought = summary.OpensThought,
                ThoughtTokens = summary.ThoughtTokens,
            });
        }
        // Deleted while this was being read.
        if (answers.Count < wanted.Length) throw NotFound(id);
        return answers;
    }

    public static async Task<ConversationRow> RowAsync(JuxtaDb db, Guid id, CancellationToken cancel = default) =>
        await db.Conversations.SingleOrDefaultAsync(row => row.Id == id, cancel) ?? throw NotFound(id);

    public static async Task<MessageTree> TreeAsync(JuxtaDb db, Guid id, CancellationToken cancel = default) =>
        new(await db.Messages.Where(message => message.ConversationId == id).ToListAsync(cancel));

    public static NotFoundException NotFound(Guid id) => new($"there is no conversation {id}; it may have been deleted");
}
