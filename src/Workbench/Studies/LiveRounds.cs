using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Eval.Suites;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Compare;
using Juxta.Workbench.Generation;
using Juxta.Workbench.People;
using Juxta.Workbench.Storage;
using Juxta.Workbench.Votes;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Studies;

/// <summary>A conversation that can go on after its vote.</summary>
/// <param name="Showing">The pair that was judged.</param>
/// <param name="Messages">The whole of it, to the answer that it goes on from.</param>
public sealed record LiveThread(Guid Showing, IReadOnlyList<EvalMessage> Messages);

/// <summary>
/// Live studies: the annotator writes a prompt, two of the study's models answer it in one batch, and when both have ended the pair is shown as any other. Nothing
/// of an answer is seen before, so that pace tells nothing. A round whose answers failed becomes no pair. After the vote the conversation can go on from the better
/// answer: the next two models answer what has been said so far.
/// </summary>
public sealed class LiveRounds
{
    readonly Comparisons _comparisons;
    readonly Generations _generations;
    readonly VoteLog _votes;
    readonly Store _store;
    readonly TimeProvider _time;

    internal LiveRounds(Comparisons comparisons, Generations generations, VoteLog votes, Store store, TimeProvider time) =>
        (_comparisons, _generations, _votes, _store, _time) = (comparisons, generations, votes, store, time);

    /// <summary>Puts a prompt to two models, which the study draws.</summary>
    /// <param name="person">The annotator.</param>
    /// <param name="study">The study.</param>
    /// <param name="prompt">What they ask.</param>
    /// <param name="after">The <see cref="LiveThread.Showing"/> that it goes on from; null begins a conversation.</param>
    /// <exception cref="RequestException">The prompt is empty, the study is over, there is nothing to go on from, or an earlier prompt is still being answered or judged.</exception>
    /// <exception cref="NotFoundException">There is no such study for this person.</exception>
    public async Task BeginAsync(Person person, Guid study, string prompt, Guid? after = null)
    {
        IReadOnlyList<EvalMessage> earlier = after is not Guid showing ? []
            : await ThreadAsync(person, study) is { } thread && thread.Showing == showing ? thread.Messages
            : throw new RequestException("this conversation cannot go on: its vote was undone, or another pair came after it; begin a new one");
        (StudyPlan plan, Draw draw) = await _store.ReadAsync(async db =>
        {
            StudyRow row = await StudyReading.StudyAsync(db, study, person);
            if (row.Plan.Kind is not StudyKind.Live) throw new RequestException("the prompts of this study are there already; only in a live study the annotator writes them");
            IReadOnlyList<PastShowing> past = await StudyReading.PastAsync(db, study, _time.GetUtcNow());
            if (await PendingAsync(db, study, person) is not null || past.Any(showing => showing.Person == person.Id && showing is { Verdict: null, Kind: not ShowingKind.Adjudication }))
                throw new RequestException("your last prompt is still being answered or judged; one at a time");
            int number = await db.LivePrompts.Where(live => live.StudyId == study).MaxAsync(live => (int?)live.Item) + 1 ?? 0;
            var item = new DrawableItem(number, [.. Enumerable.Range(0, row.Plan.Models.Count)], false);
            Draw? next = row.Ended is not null ? null : PairDraw.Next(row.Plan with { RepeatEvery = 0, GoldEvery = 0 }, [item], past, person.Id);
            return (row.Plan, next ?? throw new RequestException("this study is over: it has the votes it asked for"));
        });
        await _comparisons.StartAsync(prompt, plan.Settings, [plan.Choices[draw.Pair.First], plan.Choices[draw.Pair.Second]], Turns(earlier), async (db, comparison) =>
        {
            if (await PendingAsync(db, study, person) is not null) throw new RequestException("your last prompt is still being answered or judged; one at a time");
            // Another annotator may have begun meanwhile: the number is taken where it is written.
            int number = await db.LivePrompts.Where(live => live.StudyId == study).MaxAsync(live => (int?)live.Item) + 1 ?? 0;
            db.LivePrompts.Add(new LivePromptRow
            {
                ComparisonId = comparison, StudyId = study, PersonId = person.Id, Item = number, First = draw.Pair.First, Second = draw.Pair.Second, FirstIsLeft = draw.FirstIsLeft, Earlier = StoredJson.Write(earlier),
            });
        });
    }

    /// <summary>
    /// Waits for the annotator's prompt to be answered; then the pair is what <see cref="VoteLog.NextAsync"/> gives. Returns at once when none is being answered. After a
    /// restart of the server too.
    /// </summary>
    /// <exception cref="WorkbenchException">A side failed: there is no pair. The message does not say which side.</exception>
    public async Task SettleAsync(Person person, Guid study, CancellationToken cancel = default)
    {
        LivePromptRow? pending = await _store.ReadAsync(db => PendingAsync(db, study, person), cancel);
        if (pending is null) return;
        string?[] texts = new string?[2];
        string?[] outcomes = new string?[2];
        Comparison comparison = await BegunAsync(pending.ComparisonId, cancel);
        for (int side = 0; side < 2; side++)
        {
            if (comparison.Contestants[side].GenerationId is not Guid generation) continue;
            await foreach (GenerationStep _ in _generations.FollowAsync(generation, cancel: cancel)) { }
            GenerationRecord record = await _generations.GetAsync(generation, cancel);
            if (record.Outcome is not { Kind: not (OutcomeKind.Error or OutcomeKind.Cancelled) } outcome) continue;
            (texts[side], outcomes[side]) = (record.Text, outcome.ToString());
        }
        bool failed = texts.Contains(null);
        await _store.WriteAsync(async db =>
        {
            LivePromptRow row = await db.LivePrompts.SingleAsync(row => row.ComparisonId == pending.ComparisonId);
            if (row.Settled) return;
            row.Settled = true;
            if (failed) return;
            StudyPlan plan = (await db.Studies.AsNoTracking().SingleAsync(study => study.Id == row.StudyId)).Plan;
            var answers = new StudyAnswer?[plan.Models.Count];
            (answers[row.First], answers[row.Second]) = (new StudyAnswer(texts[0]!, outcomes[0]), new StudyAnswer(texts[1]!, outcomes[1]));
            EvalMessage[] earlier = StoredJson.Read<EvalMessage[]>(row.Earlier);
            if (earlier.Length == 0 && plan.Settings.SystemPrompt is { Length: > 0 } system) earlier = [new EvalMessage(EvalMessage.System, system)];
            EvalMessage[] messages = [.. earlier, new(EvalMessage.User, comparison.Prompt)];
            db.StudyItems.Add(new StudyItemRow
            {
                StudyId = row.StudyId, Number = row.Item, Answered = StoredJson.Write(new[] { row.First, row.Second }), Gold = false,
                Value = new StudyItem(comparison.Created.ToString("O", System.Globalization.CultureInfo.InvariantCulture), messages, answers),
            });
            int number = await db.Showings.CountAsync(showing => showing.StudyId == row.StudyId && showing.PersonId == row.PersonId);
            VoteLog.Show(db, row.StudyId, person, number, new Draw(new AnswerPair(row.Item, row.First, row.Second), row.FirstIsLeft, ShowingKind.Normal), _time.GetUtcNow());
        });
        _votes.Announce(study);
        if (failed) throw new WorkbenchException("a side could not answer this prompt, so there is nothing to judge; whoever leads the study finds the reason on the Models page. Write another prompt");
    }

    /// <summary>
    /// The conversation of the annotator's last pair, with the answer that they preferred, or the left one when neither was better. Null when there is none that could
    /// go on: no vote stands on the pair, it was passed over, or that answer has no text.
    /// </summary>
    public Task<LiveThread?> ThreadAsync(Person person, Guid study) => _store.ReadAsync(async db =>
    {
        await StudyReading.StudyAsync(db, study, person);
        ShowingRow? last = await db.Showings.AsNoTracking().Where(row => row.StudyId == study && row.PersonId == person.Id && row.Kind == ShowingKind.Normal).OrderByDescending(row => row.Number).FirstOrDefaultAsync();
        if (last is null || await StudyReading.VotesAsync(db, last.Id) is not [.., { Verdict: { } verdict and not Judgement.Skip }]) return null;
        ShownPair pair = await StudyReading.ShownAsync(db, last);
        string answer = verdict is Judgement.B ? pair.Right : pair.Left;
        return answer.Length == 0 ? null : new LiveThread(last.Id, [.. pair.Messages, new EvalMessage(EvalMessage.Assistant, answer)]);
    });

    /// <summary>As a prompt has them: the system message is the study's own and is added to every prompt.</summary>
    static IReadOnlyList<PromptMessage> Turns(IEnumerable<EvalMessage> messages) =>
        [.. messages.Where(message => message.Role != EvalMessage.System).Select(message => new PromptMessage(message.Role == EvalMessage.User ? Roles.User : Roles.Assistant, message.Content))];

    /// <summary>Whether a prompt of the annotator's is being answered.</summary>
    public Task<bool> AnsweringAsync(Person person, Guid study) => _store.ReadAsync(async db => await PendingAsync(db, study, person) is not null);

    static Task<LivePromptRow?> PendingAsync(JuxtaDb db, Guid study, Person person) =>
        db.LivePrompts.AsNoTracking().FirstOrDefaultAsync(row => row.StudyId == study && row.PersonId == person.Id && !row.Settled);

    /// <summary>The comparison once no contestant waits.</summary>
    async Task<Comparison> BegunAsync(Guid id, CancellationToken cancel)
    {
        using var changed = new SemaphoreSlim(0);
        void Note(Guid of)
        {
            if (of == id) changed.Release();
        }
        _comparisons.Changed += Note;
        try
        {
            while (true)
            {
                Comparison comparison = await _comparisons.GetAsync(id, cancel);
                if (!comparison.Contestants.Any(contestant => contestant.Waiting)) return comparison;
                await changed.WaitAsync(cancel);
            }
        }
        finally
        {
            _comparisons.Changed -= Note;
        }
    }
}
