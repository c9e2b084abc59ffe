using Juxta.Engine;
using Juxta.Eval.Preferences;
using Juxta.Eval.Suites;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;

namespace Juxta.WorkbenchTests.Votes;

/// <summary>Ann and Bob differ on two of four pairs, and whoever leads the study settles them.</summary>
public sealed class AdjudicationsTests : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly JuxtaWorkbench _workbench;
    Guid _study;
    Person _ann = null!;

    public AdjudicationsTests() => _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.File("data") });

    public async ValueTask DisposeAsync()
    {
        await _workbench.DisposeAsync();
        _folder.Dispose();
    }

    Adjudications Adjudications => _workbench.Adjudications;

    async Task MakeAsync(bool decides)
    {
        _study = await _workbench.Studies.CreateAsync("Study", new StudyPlan { Kind = StudyKind.Runs, Models = ["A1", "B2"], Overlap = 2, Seed = 3, AdjudicatorDecides = decides, Reveal = true },
            [.. Enumerable.Range(0, 4).Select(i => new StudyItem($"s{i}", [new EvalMessage(EvalMessage.User, $"q{i}")], [new StudyAnswer("alpha", "eos:2"), new StudyAnswer("beta", "eos:2")]))]);
        foreach (string name in (string[])["Ann", "Bob"])
        {
            Person person = await _workbench.People.JoinAsync(await _workbench.People.InviteAsync(Role.Annotator, _study), name, _ => "");
            if (name == "Ann") _ann = person;
            while (await _workbench.Votes.NextAsync(person, _study) is { } shown)
            {
                bool beta = name == "Bob" && shown.Messages[^1].Content is "q1" or "q3";
                await _workbench.Votes.CastAsync(person, shown.Showing, Guid.NewGuid(), new Ballot(shown.Left == "alpha" != beta ? Judgement.A : Judgement.B) { Reason = $"{name}'s" });
            }
        }
    }

    Task<VoteEntry> SettleAsync(ShownPair pair, string answer) =>
        _workbench.Votes.CastAsync(Person.Local, pair.Showing, Guid.NewGuid(), new Ballot(pair.Left == answer ? Judgement.A : Judgement.B));

    [Fact]
    public async Task Pairs_that_differ_are_shown_blind_with_what_was_said_and_only_they()
    {
        await MakeAsync(decides: true);
        Assert.Equal((0, 2), await Adjudications.ProgressAsync(_study));
        ShownPair first = (await Adjudications.NextAsync(Person.Local, _study))!;
        Assert.Equal("q1", first.Messages[^1].Content);
        Assert.Equal(first.Showing, (await Adjudications.NextAsync(Person.Local, _study))!.Showing);
        Judgement alpha = first.Left == "alpha" ? Judgement.A : Judgement.B;
        Assert.Equal([("Ann", alpha, "Ann's"), ("Bob", alpha.Mirrored(), "Bob's")], first.Opinions.Select(one => (one.Annotator, one.Verdict, one.Reason)));
        // The ordinary queue knows nothing of it.
        Assert.Null(await _workbench.Votes.NextAsync(_ann, _study));
        await _workbench.Studies.EndAsync(_study);

        VoteEntry verdict = await SettleAsync(first, "beta");
        Assert.Equal(ShowingKind.Adjudication, verdict.ShowingKind);
        Assert.Null(await _workbench.Votes.RevealAsync(Person.Local, first.Showing));
        ShownPair second = (await Adjudications.NextAsync(Person.Local, _study))!;
        Assert.Equal("q3", second.Messages[^1].Content);
        await SettleAsync(second, "beta");
        Assert.Null(await Adjudications.NextAsync(Person.Local, _study));
        Assert.Equal((2, 2), await Adjudications.ProgressAsync(_study));
        Assert.Equal(2, (await _workbench.Votes.HistoryAsync(Person.Local, _study, settling: true)).Count);
        Assert.Empty(await _workbench.Votes.HistoryAsync(Person.Local, _study));

        await _workbench.Votes.UndoAsync(Person.Local, second.Showing, Guid.NewGuid());
        Assert.Equal((1, 2), await Adjudications.ProgressAsync(_study));
        Assert.Equal(second.Showing, (await Adjudications.NextAsync(Person.Local, _study))!.Showing);
        Assert.Contains("only leads", (await Assert.ThrowsAsync<RequestException>(() => Adjudications.NextAsync(_ann, _study))).Message, StringComparison.Ordinal);
        Assert.Contains("only leads", (await Assert.ThrowsAsync<RequestException>(() => Adjudications.GetAsync(_ann, second.Showing))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 4, 2)]
    [InlineData(false, 6, 2)]
    public async Task The_verdict_counts_where_the_study_says_so_and_agreement_stays_the_annotators(bool decides, int alpha, int beta)
    {
        await MakeAsync(decides);
        while (await Adjudications.NextAsync(Person.Local, _study) is { } pair) await SettleAsync(pair, "beta");
        IReadOnlyList<JudgedVote> votes = await _workbench.Results.VotesAsync(_study);
        Leaderboard board = Leaderboard.Of(votes);
        // Four votes of one mind, and two verdicts in the place of the other four; or all eight votes.
        Assert.Equal((alpha, beta), (board.Rows.Single(row => row.Model == "A1").Record.Wins, board.Rows.Single(row => row.Model == "B2").Record.Wins));
        Assert.Equal(decides ? 6 : 8, board.Votes);
        StudyQuality quality = StudyQuality.Of(votes);
        Assert.Equal(0.5, quality.Agreement!.WithTies.Value);
        Assert.Equal(["B2", "B2"], quality.Disagreements.Select(pair => Disagreement.Said(pair.Settled!)));
        Assert.Equal([("Ann", 0), ("Bob", 2)], quality.Annotators.Select(one => (one.Report.Annotator, one.Report.WithAdjudicator.Successes)));

        Study study = (await _workbench.Studies.ListAsync()).Single();
        IReadOnlyList<Vote> exported = VoteEvent.Standing(await _workbench.Results.EventsAsync(study));
        Assert.Equal(2, exported.Count(vote => vote.Purpose is VotePurpose.Adjudication));
        Assert.Equal(6, Adjudication.Applied(exported).Count(vote => vote.Battle is not null));
        Assert.Equal([("q0", "alpha"), ("q1", "beta"), ("q2", "alpha"), ("q3", "beta")], TrainingPreferences.Of(exported, new()).Pairs.Select(pair => (pair.Prompt[^1].Content, pair.Chosen)).Order());
    }
}
