using Juxta.Engine.Generation;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Generation;

/// <summary>Generations as they lie in the store.</summary>
internal static class GenerationArchive
{
    /// <summary>How a generation ended that was running when its process stopped.</summary>
    public static Outcome ServerStopped { get; } = new(OutcomeKind.Cancelled, "server stopped");

    /// <summary>The stored generation, or null.</summary>
    public static async Task<GenerationRecord?> FindAsync(JuxtaDb db, Guid id, CancellationToken cancel = default)
    {
        GenerationRow? row = await db.Generations.SingleOrDefaultAsync(row => row.Id == id, cancel);
        return row is null ? null : Record(row, await db.Steps.Where(steps => steps.GenerationId == id).ToListAsync(cancel));
    }

    /// <summary>Ends what an earlier process left running; what it had saved stays.</summary>
    public static void EndAbandoned(JuxtaDb db)
    {
        foreach (GenerationRow row in db.Generations.Where(row => row.Outcome == null).ToList())
        {
            List<StepsRow> saved = [.. db.Steps.Where(steps => steps.GenerationId == row.Id)];
            GenerationRecord record = Record(row, saved);
            if (record.Steps.Count == 0 && row.Value.Spec.Request.Beginning is { } beginning)
            {
                // A continued answer must not lose what was there before it went on.
                GenerationStep first = new(0, new GeneratedToken { Text = beginning.Text }, TimeSpan.Zero);
                db.Steps.Add(new StepsRow { GenerationId = row.Id, Start = 0, Steps = StoredJson.WriteSteps([first]) });
                record = record with { Steps = [first] };
            }
            TimeSpan at = record.Steps.Count > 0 ? record.Steps[^1].At : TimeSpan.Zero;
            GenerationStep last = new(record.Steps.Count, new GeneratedToken { Outcome = ServerStopped }, at);
            db.Steps.Add(new StepsRow { GenerationId = row.Id, Start = last.Index, Steps = StoredJson.WriteSteps([last]) });
            row.End(record with { Steps = [.. record.Steps, last] });
        }
    }

    static GenerationRecord Record(GenerationRow row, IEnumerable<StepsRow> steps) => new()
    {
        Id = row.Id,
        Value = row.Value,
        Created = row.Created,
        Steps = [.. steps.OrderBy(some => some.Start).SelectMany(some => StoredJson.ReadSteps(some.Steps, some.Start))],
        PromptScores = row.PromptScores is null ? [] : StoredJson.Read<TokenScore[]>(row.PromptScores),
    };
}
