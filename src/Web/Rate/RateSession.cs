using Juxta.Web.Chat;
using Juxta.Web.Compare;
using Juxta.Web.People;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;

namespace Juxta.Web.Rate;

/// <summary>
/// What one open Rate page shows. It knows of a pair what <see cref="ShownPair"/> has and nothing else: what is not here cannot reach the browser. The next
/// pair is asked for when the vote is on disk, and not before.
/// </summary>
public sealed class RateSession(StudyShelf studies, VoteLog votes, Adjudications adjudications, LiveRounds rounds, Visitor visitor) : IAsyncDisposable
{
    readonly SemaphoreSlim _gate = new(1);
    readonly CancellationTokenSource _gone = new();
    bool _newConversation;

    /// <summary>Something changed. Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>The studies that the annotator may judge, with how far each is; null before they were read.</summary>
    public IReadOnlyList<(StudyInvitation Study, StudyProgress Progress)>? Studies { get; private set; }

    /// <summary>Whoever uses the page makes studies, too.</summary>
    public bool Leads { get; private set; }

    public Guid? Study { get; private set; }

    /// <summary>What annotators differ on is shown, for a verdict of the lead's own.</summary>
    public bool Settling { get; private set; }

    /// <summary>How many of these pairs are settled; null until that was asked.</summary>
    public (int Settled, int Of)? Settlement { get; private set; }

    public StudyForm? Form { get; private set; }

    /// <summary>What is to be judged; null when there is nothing (more).</summary>
    public ShownPair? Pair { get; private set; }

    /// <summary>What is filled in besides the verdict.</summary>
    public Draft Filled { get; private set; } = new();

    /// <summary>Null until it was asked: before that an absent pair does not say that nothing is left.</summary>
    public StudyProgress? Progress { get; private set; }

    /// <summary>The annotator's votes, the latest first.</summary>
    public IReadOnlyList<HistoryEntry> History { get; private set; } = [];

    /// <summary>Which model was which in the last pair, where the study tells it.</summary>
    public Revealed? Revealed { get; private set; }

    /// <summary>The live conversation that the next prompt goes on from; null for a new one.</summary>
    public LiveThread? Thread { get; private set; }

    /// <summary>A live prompt is being answered.</summary>
    public bool Answering { get; private set; }

    public AnswerView View { get; private set; }

    public Notice? Notice { get; private set; }

    /// <summary>Shows the list of studies, or one of them.</summary>
    public Task OpenAsync(Guid? study, bool settling = false) => ChangeAsync(async person =>
    {
        (Study, Settling, Form, Pair, Revealed, History, Progress, Settlement) = (study, settling, null, null, null, [], null, null);
        _newConversation = false;
        Leads = person.Leads;
        if (study is not Guid id)
        {
            var all = new List<(StudyInvitation, StudyProgress)>();
            foreach (StudyInvitation one in await studies.ListAsync(person)) all.Add((one, await votes.ProgressAsync(person, one.Id)));
            Studies = all;
            return;
        }
        Form = await studies.FormAsync(person, id);
        await NextAsync(person);
    });

    /// <summary>Votes, or corrects the vote that is on show. A page that shows another pair by now sends nothing.</summary>
    public Task VoteAsync(VoteEventArgs vote) => ChangeAsync(async person =>
    {
        if (Pair is not { } pair || pair.Showing != vote.Showing || Judgements.Read(vote.Verdict) is not { } verdict) return;
        var ballot = new Ballot(verdict)
        {
            Strength = verdict is Judgement.A or Judgement.B ? Filled.Strength : null,
            Criteria = Filled.Criteria, Reason = string.IsNullOrWhiteSpace(Filled.Reason) ? null : Filled.Reason.Trim(),
            Spent = TimeSpan.FromMilliseconds(Math.Clamp(vote.Spent, 0, TimeSpan.FromDays(1).TotalMilliseconds)),
            SentAt = DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Clamp(vote.SentAt, 0, 4e12)),
        };
        try
        {
            if (pair.Voted is null) await votes.CastAsync(person, pair.Showing, vote.Id, ballot);
            else await votes.CorrectAsync(person, pair.Showing, vote.Id, ballot);
        }
        catch (Engine.RequestException) when (pair.Voted is null)
        {
            // Another page of the same annotator may have voted on this pair: then it is no longer the one to judge.
            if ((await votes.GetAsync(person, pair.Showing)).Voted is not null) await NextAsync(person);
            throw;
        }
        (Revealed, _newConversation) = (await votes.RevealAsync(person, pair.Showing), false);
        await NextAsync(person);
    });

    /// <summary>Takes the last vote back and shows its pair again.</summary>
    public Task UndoAsync() => ChangeAsync(async person =>
    {
        if (History is not [{ } last, ..]) return;
        await votes.UndoAsync(person, last.Showing, Guid.NewGuid());
        await NextAsync(person);
    });

    /// <summary>Shows an earlier pair with its vote, which can then be corrected.</summary>
    public Task ReopenAsync(Guid showing) => ChangeAsync(async person => Show(await (Settling ? adjudications.GetAsync(person, showing) : votes.GetAsync(person, showing))));

    /// <summary>Leaves an earlier pair as it is.</summary>
    public Task ContinueAsync() => ChangeAsync(NextAsync);

    /// <summary>Fills something in; it is kept at the server.</summary>
    public Task FillAsync(Func<Draft, Draft> change) => ChangeAsync(async person =>
    {
        Filled = change(Filled);
        if (Pair is { Voted: null } pair) await votes.SaveDraftAsync(person, pair.Showing, Filled);
    });

    /// <summary>Puts a prompt to two models. True when they answer.</summary>
    public async Task<bool> AskAsync(string prompt)
    {
        bool begun = false;
        await ChangeAsync(async person =>
        {
            await rounds.BeginAsync(person, Study!.Value, prompt, Thread?.Showing);
            (Revealed, begun) = (null, true);
            await NextAsync(person);
        });
        return begun;
    }

    /// <summary>The next prompt begins a conversation.</summary>
    public void BeginAnew()
    {
        (Thread, _newConversation) = (null, true);
        Changed?.Invoke();
    }

    public void Look(AnswerView view)
    {
        View = view;
        Changed?.Invoke();
    }

    public void Dismiss()
    {
        Notice = null;
        Changed?.Invoke();
    }

    async Task NextAsync(Person person)
    {
        if (Study is not Guid study) return;
        if (Settling)
        {
            Show(await adjudications.NextAsync(person, study));
            (Settlement, History) = (await adjudications.ProgressAsync(study), await votes.HistoryAsync(person, study, settling: true));
            return;
        }
        if (Form!.Kind is StudyKind.Live && !Answering && await rounds.AnsweringAsync(person, study))
        {
            Answering = true;
            _ = SettleAsync(person, study);
        }
        Show(await votes.NextAsync(person, study));
        Thread = Form.Kind is StudyKind.Live && Pair is null && !Answering && !_newConversation ? await rounds.ThreadAsync(person, study) : null;
        (Progress, History) = (await votes.ProgressAsync(person, study), await votes.HistoryAsync(person, study));
    }

    void Show(ShownPair? pair)
    {
        Pair = pair;
        Filled = pair?.Voted is { } ballot ? new Draft { Strength = ballot.Strength, Criteria = ballot.Criteria, Reason = ballot.Reason, Spent = ballot.Spent } : pair?.Draft ?? new Draft();
    }

    /// <summary>Waits, outside of the gate, for both answers.</summary>
    async Task SettleAsync(Person person, Guid study)
    {
        Exception? failed = null;
        try
        {
            await rounds.SettleAsync(person, study, _gone.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception e)
        {
            failed = e;
        }
        Answering = false;
        await ChangeAsync(async of =>
        {
            if (Study == study) await NextAsync(of);
            if (failed is not null) Notice = Notices.Of(failed);
        });
    }

    /// <summary>One change at a time; what goes wrong becomes a notice, and the page is told.</summary>
    async Task ChangeAsync(Func<Person, Task> change)
    {
        await _gate.WaitAsync();
        try
        {
            Notice = null;
            await change(await visitor.WhoAsync());
        }
        catch (Exception e)
        {
            Notice = Notices.Of(e);
        }
        finally
        {
            _gate.Release();
        }
        Changed?.Invoke();
    }

    public async ValueTask DisposeAsync()
    {
        Changed = null;
        await _gone.CancelAsync();
    }
}
