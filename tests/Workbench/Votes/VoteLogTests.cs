using Juxta.Engine;
using Juxta.Eval.Suites;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;

namespace Juxta.WorkbenchTests.Votes;

/// <summary>Studies and votes in a real database.</summary>
public sealed class VoteLogTests : IAsyncDisposable
{
    static readonly StudyPlan Plan = new() { Kind = StudyKind.Runs, Models = ["base", "tuned"], Seed = 3, Criteria = ["helpful"], LeastReading = TimeSpan.FromSeconds(2) };

    readonly TemporaryFolder _folder = new();
    JuxtaWorkbench _workbench;

    public VoteLogTests() => _workbench = Open();

    VoteLog Votes => _workbench.Votes;

    JuxtaWorkbench Open() => JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.File("data") });

    public async ValueTask DisposeAsync()
    {
        await _workbench.DisposeAsync();
        _folder.Dispose();
    }

    static StudyItem[] Items(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new StudyItem($"s{i}", [new EvalMessage(EvalMessage.User, $"question {i}")], [new StudyAnswer($"first {i}", "eos:2"), new StudyAnswer($"second {i}", "eos:2")]))];

    Task<Guid> Create(StudyPlan? plan = null, int items = 4) => _workbench.Studies.CreateAsync("Which is better?", plan ?? Plan, Items(items));

    async Task<Person> Join(string name, Guid? study, Role role = Role.Annotator) => await _workbench.People.JoinAsync(await _workbench.People.InviteAsync(role, study), name, _ => "proof");

    async Task Restart()
    {
        await _workbench.DisposeAsync();
        _workbench = Open();
    }

    [Fact]
    public async Task A_vote_keeps_what_was_shown_and_the_same_pair_is_open_after_a_restart_until_it_is_given()
    {
        Guid study = await Create();
        ShownPair shown = (await Votes.NextAsync(Person.Local, study))!;
        await Votes.SaveDraftAsync(Person.Local, shown.Showing, new Draft { Reason = "becau", Spent = TimeSpan.FromSeconds(9) });
        await Restart();
        ShownPair again = (await Votes.NextAsync(Person.Local, study))!;
        Assert.Equal((shown.Showing, shown.Left, shown.Right, "becau"), (again.Showing, again.Left, again.Right, again.Draft!.Reason));

        var ballot = new Ballot(Judgement.B)
        {
            Strength = Ballot.Much, Criteria = new Dictionary<string, Judgement> { ["helpful"] = Judgement.Tie }, Reason = "because", Spent = TimeSpan.FromSeconds(12), SentAt = DateTimeOffset.UnixEpoch,
        };
        await Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), ballot);
        await Restart();
        VoteEntry vote = Assert.Single(await Votes.EventsAsync(study));
        Assert.Equal(ShownHashes.Of(shown.Messages, shown.Left, shown.Right), vote.Shown);
        Assert.Equal((Judgement.B, 3, "because", DateTimeOffset.UnixEpoch, false), (vote.Ballot!.Verdict, vote.Ballot.Strength, vote.Ballot.Reason, vote.Ballot.SentAt, vote.Hasty));
        Assert.Equal(Judgement.Tie, vote.Ballot.Criteria["helpful"]);
        Assert.StartsWith(vote.Left == 0 ? "first" : "second", shown.Left, StringComparison.Ordinal);
        Assert.NotEqual(shown.Showing, (await Votes.NextAsync(Person.Local, study))!.Showing);
    }

    [Fact]
    public async Task A_vote_sent_twice_is_one_event_and_a_second_vote_on_a_pair_is_refused()
    {
        Guid study = await Create();
        ShownPair shown = (await Votes.NextAsync(Person.Local, study))!;
        Guid id = Guid.NewGuid();
        VoteEntry first = await Votes.CastAsync(Person.Local, shown.Showing, id, new Ballot(Judgement.A));
        Assert.Equal(first.Sequence, (await Votes.CastAsync(Person.Local, shown.Showing, id, new Ballot(Judgement.A))).Sequence);
        Assert.Contains("correct it", (await Assert.ThrowsAsync<RequestException>(() => Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), new Ballot(Judgement.B)))).Message, StringComparison.Ordinal);
        ShownPair other = (await Votes.NextAsync(Person.Local, study))!;
        Assert.Contains("another vote has this id", (await Assert.ThrowsAsync<RequestException>(() => Votes.CastAsync(Person.Local, other.Showing, id, new Ballot(Judgement.A)))).Message, StringComparison.Ordinal);
        Assert.Contains("no vote", (await Assert.ThrowsAsync<RequestException>(() => Votes.UndoAsync(Person.Local, other.Showing, Guid.NewGuid()))).Message, StringComparison.Ordinal);
        Assert.Single(await Votes.EventsAsync(study));
    }

    [Fact]
    public async Task Undo_and_correction_are_events_and_the_last_word_stands()
    {
        Guid study = await Create();
        ShownPair shown = (await Votes.NextAsync(Person.Local, study))!;
        await Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), new Ballot(Judgement.A) { Reason = "shorter" });
        await Votes.UndoAsync(Person.Local, shown.Showing, Guid.NewGuid());
        ShownPair again = (await Votes.NextAsync(Person.Local, study))!;
        Assert.Equal((shown.Showing, shown.Left, "shorter"), (again.Showing, again.Left, again.Draft!.Reason));
        Assert.Empty(VoteEntry.Standing(await Votes.EventsAsync(study)));
        await Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), new Ballot(Judgement.B));
        await Votes.CorrectAsync(Person.Local, shown.Showing, Guid.NewGuid(), new Ballot(Judgement.Tie));
        IReadOnlyList<VoteEntry> events = await Votes.EventsAsync(study);
        Assert.Equal([VoteKind.Cast, VoteKind.Undo, VoteKind.Cast, VoteKind.Correction], events.Select(vote => vote.Kind));
        Assert.Equal(Judgement.Tie, Assert.Single(VoteEntry.Standing(events)).Ballot!.Verdict);
        Assert.Equal((Judgement.Tie, "question"), (Assert.Single(await Votes.HistoryAsync(Person.Local, study)).Ballot.Verdict, (await Votes.HistoryAsync(Person.Local, study))[0].Start.Split(' ')[0]));
    }

    [Fact]
    public async Task A_ballot_that_the_study_does_not_take_is_refused_and_says_why()
    {
        Guid study = await Create(Plan with { Reason = ReasonRule.Required });
        ShownPair shown = (await Votes.NextAsync(Person.Local, study))!;
        foreach ((Ballot wrong, string says) in new[]
        {
            (new Ballot(Judgement.A), "asks for a reason"),
            (new Ballot(Judgement.A) { Reason = "r", Strength = 4 }, "strength of 4"),
            (new Ballot(Judgement.A) { Reason = "r", Criteria = new Dictionary<string, Judgement> { ["polite"] = Judgement.A } }, "'polite' is no criterion"),
            (new Ballot(Judgement.A) { Reason = "r", Criteria = new Dictionary<string, Judgement> { ["helpful"] = Judgement.Skip } }, "a, b or tie"),
            (new Ballot(Judgement.A) { Reason = new string('x', 10_001) }, "at most 10000"),
        })
            Assert.Contains(says, (await Assert.ThrowsAsync<RequestException>(() => Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), wrong))).Message, StringComparison.Ordinal);
        Assert.Empty(await Votes.EventsAsync(study));
        await Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), new Ballot(Judgement.Skip));
        Assert.Equal(new StudyProgress(0, 0, 4), await Votes.ProgressAsync(Person.Local, study));
    }

    [Fact]
    public async Task A_hasty_vote_is_marked_and_taken()
    {
        Guid study = await Create();
        ShownPair shown = (await Votes.NextAsync(Person.Local, study))!;
        Assert.True((await Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), new Ballot(Judgement.A) { Spent = TimeSpan.FromSeconds(1.9) })).Hasty);
    }

    [Fact]
    public async Task An_annotator_sees_only_assigned_studies_and_only_own_pairs_and_votes()
    {
        Guid mine = await Create(), other = await Create();
        Person ann = await Join("Ann", mine), bob = await Join("Bob", mine);
        Assert.Equal([mine], (await _workbench.Studies.ListAsync(ann)).Select(study => study.Id));
        foreach (Func<Task> forbidden in new Func<Task>[] { () => Votes.NextAsync(ann, other), () => Votes.ProgressAsync(ann, other), () => Votes.HistoryAsync(ann, other), () => _workbench.Studies.FormAsync(ann, other) })
            Assert.Contains("not assigned", (await Assert.ThrowsAsync<NotFoundException>(forbidden)).Message, StringComparison.Ordinal);
        ShownPair shown = (await Votes.NextAsync(ann, mine))!;
        await Votes.CastAsync(ann, shown.Showing, Guid.NewGuid(), new Ballot(Judgement.A));
        Assert.Contains("not shown to you", (await Assert.ThrowsAsync<NotFoundException>(() => Votes.GetAsync(bob, shown.Showing))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotFoundException>(() => Votes.UndoAsync(bob, shown.Showing, Guid.NewGuid()));
        Assert.Empty(await Votes.HistoryAsync(bob, mine));
        await _workbench.Studies.AssignAsync(other, ann.Id);
        Assert.NotNull(await Votes.NextAsync(ann, other));
    }

    [Fact]
    public async Task Overlap_gives_an_item_to_two_annotators_and_a_study_ends_with_its_count_of_votes()
    {
        Guid study = await Create(Plan with { Overlap = 2, Votes = 5 }, items: 3);
        Person[] people = [await Join("Ann", study), await Join("Bob", study), await Join("Cleo", study)];
        bool any = true;
        while (any)
        {
            any = false;
            foreach (Person person in people)
            {
                if (await Votes.NextAsync(person, study) is not { } shown) continue;
                await Votes.CastAsync(person, shown.Showing, Guid.NewGuid(), new Ballot(Judgement.Tie));
                any = true;
            }
        }
        IReadOnlyList<VoteEntry> standing = VoteEntry.Standing(await Votes.EventsAsync(study));
        Assert.Equal(5, standing.Count);
        Assert.All(standing.GroupBy(vote => vote.Item), item => Assert.True(item.Count() <= 2));
        Assert.Equal(new StudyProgress(standing.Count(vote => vote.Person == people[0].Id), 5, 5), await Votes.ProgressAsync(people[0], study));
    }

    [Fact]
    public async Task Names_are_told_after_the_vote_where_the_study_does_and_then_the_vote_is_final()
    {
        Guid told = await Create(Plan with { Reveal = true }), silent = await Create();
        ShownPair shown = (await Votes.NextAsync(Person.Local, told))!, other = (await Votes.NextAsync(Person.Local, silent))!;
        Assert.Null(await Votes.RevealAsync(Person.Local, shown.Showing));
        await Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), new Ballot(Judgement.A));
        await Votes.CastAsync(Person.Local, other.Showing, Guid.NewGuid(), new Ballot(Judgement.A));
        Assert.Equal(shown.Left.StartsWith("first", StringComparison.Ordinal) ? new Revealed("base", "tuned") : new Revealed("tuned", "base"), await Votes.RevealAsync(Person.Local, shown.Showing));
        Assert.Null(await Votes.RevealAsync(Person.Local, other.Showing));
        Assert.Contains("not blind", (await Assert.ThrowsAsync<RequestException>(() => Votes.UndoAsync(Person.Local, shown.Showing, Guid.NewGuid()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ended_study_shows_nothing_and_takes_nothing()
    {
        Guid study = await Create();
        ShownPair shown = (await Votes.NextAsync(Person.Local, study))!;
        await _workbench.Studies.EndAsync(study);
        Assert.Null(await Votes.NextAsync(Person.Local, study));
        Assert.Contains("has ended", (await Assert.ThrowsAsync<RequestException>(() => Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), new Ballot(Judgement.A)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_study_that_cannot_be_is_refused_and_says_why()
    {
        foreach ((StudyPlan wrong, string says) in new[]
        {
            (Plan with { Models = ["one"] }, "two models or more"),
            (Plan with { Models = ["one", "one"] }, "named twice"),
            (Plan with { Overlap = 0 }, "give 1 to 100"),
            (Plan with { Votes = 0 }, "a study of 0 votes"),
            (Plan with { MostPerPerson = -1 }, "no number of votes"),
            (Plan with { RepeatEvery = 1 }, "cannot be a repeat"),
            (Plan with { GoldEvery = 1 }, "cannot be a check"),
            (Plan with { Criteria = ["a", "a"] }, "name of its own"),
            (Plan with { Criteria = [.. Enumerable.Range(0, 10).Select(i => $"c{i}")] }, "10 criteria"),
            (Plan with { Kind = StudyKind.Live }, "a model on the shelf"),
        })
            Assert.Contains(says, (await Assert.ThrowsAsync<RequestException>(() => Create(wrong))).Message, StringComparison.Ordinal);
        Assert.Contains("title", (await Assert.ThrowsAsync<RequestException>(() => _workbench.Studies.CreateAsync(" ", Plan, Items(1)))).Message, StringComparison.Ordinal);
        Assert.Contains("nothing to compare", (await Assert.ThrowsAsync<RequestException>(() => _workbench.Studies.CreateAsync("x", Plan, [new StudyItem("s", [], [new StudyAnswer("", null), null])]))).Message, StringComparison.Ordinal);
        Assert.Empty(await _workbench.Studies.ListAsync());
    }
}
