using Juxta.Eval.Agreement;
using Juxta.Eval.Preferences;
using Juxta.Eval.Suites;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;

namespace Juxta.WorkbenchTests.Votes;

/// <summary>What leads see of votes: checked by hand on a small study.</summary>
public sealed class StudyResultsTests : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly JuxtaWorkbench _workbench;

    public StudyResultsTests() => _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.File("data") });

    public async ValueTask DisposeAsync()
    {
        await _workbench.DisposeAsync();
        _folder.Dispose();
    }

    static StudyItem Item(int i) => new($"s{i}", [new EvalMessage(EvalMessage.User, $"q{i}")], [new StudyAnswer("alpha", "eos:2"), new StudyAnswer("beta", "eos:2")])
    { Suite = "set", Language = i < 2 ? "en" : "zh", Tags = [$"t{i % 2}"] };

    /// <summary>Ann always prefers alpha. Bob prefers beta on the items of <paramref name="against"/>.</summary>
    async Task<Guid> Judged(StudyPlan plan, int items, params int[] against)
    {
        Guid study = await _workbench.Studies.CreateAsync("Study", plan, [.. Enumerable.Range(0, items).Select(Item), .. plan.GoldEvery == 0 ? Array.Empty<StudyItem>() : [Item(0) with { Gold = true }]]);
        foreach (string name in (string[])["Ann", "Bob"])
        {
            Person person = await _workbench.People.JoinAsync(await _workbench.People.InviteAsync(Role.Annotator, study), name, _ => "");
            while (await _workbench.Votes.NextAsync(person, study) is { } shown)
            {
                bool beta = name == "Bob" && against.Any(item => shown.Messages[^1].Content == $"q{item}");
                await _workbench.Votes.CastAsync(person, shown.Showing, Guid.NewGuid(), new Ballot(shown.Left == "alpha" != beta ? Judgement.A : Judgement.B) { Spent = TimeSpan.FromSeconds(4) });
            }
        }
        return study;
    }

    static readonly StudyPlan Plan = new() { Kind = StudyKind.Runs, Models = ["A1", "B2"], Overlap = 2, Seed = 11 };

    [Fact]
    public async Task The_leaderboard_has_wins_ratings_and_the_filters_say_which()
    {
        await Judged(Plan, 4, against: 3);
        IReadOnlyList<JudgedVote> votes = await _workbench.Results.VotesAsync();
        Leaderboard all = Leaderboard.Of(votes);
        Assert.Equal(["A1", "B2"], all.Rows.Select(row => row.Model));
        Assert.Equal((7, 1, 0), (all.Rows[0].Record.Wins, all.Rows[0].Record.Losses, all.Rows[0].Record.Ties));
        // Odds of 7 to 1.
        Assert.Equal(400 * Math.Log10(7), all.Rows[0].Rating!.Median - all.Rows[1].Rating!.Median, 6);
        Assert.True(all.Rows[0].Rating!.Low < all.Rows[0].Rating!.Median && all.Rows[0].Rating!.Median < all.Rows[0].Rating!.High);
        Assert.Equal((7, 1), (all.Pairs[0, 1].Wins, all.Pairs[1, 0].Wins));
        Assert.Equal(8, Assert.Single(all.Days).Votes);

        Leaderboard Of(VoteFilter filter) => Leaderboard.Of(votes.Where(vote => filter.Passes(vote.Vote)));
        Assert.Equal(4, Of(new VoteFilter(Language: "zh")).Votes);
        Assert.Equal(4, Of(new VoteFilter(Tag: "t1")).Votes);
        Assert.Equal(0, Of(new VoteFilter(Set: "other")).Votes);
        Leaderboard ann = Of(new VoteFilter(Annotator: "Ann"));
        Assert.Matches("A1 never lost|B2 never won", ann.Unbounded);
        Assert.All(ann.Rows, row => Assert.Null(row.Rating));
        Assert.Equal("there are no votes yet", Leaderboard.Of([]).Unbounded);
    }

    [Fact]
    public async Task Agreement_and_disagreements_are_seen_from_the_answers_and_not_from_the_sides()
    {
        Guid study = await Judged(Plan, 4, against: 3);
        StudyQuality quality = StudyQuality.Of(await _workbench.Results.VotesAsync(study));
        Assert.Equal((4, 0.75), (quality.Agreement!.Items, quality.Agreement.WithTies.Value));
        Assert.Equal(4, Assert.Single(quality.Enough).Test.Count);
        Disagreement one = Assert.Single(quality.Disagreements);
        Assert.Equal("q3", one.Item.Messages[0].Content);
        Assert.Equal(["Ann: A1", "Bob: B2"], one.Votes.Select(vote => $"{vote.Annotator}: {Disagreement.Said(vote)}").Order());
        Assert.Equal(8, quality.Sides.Decided);
    }

    [Fact]
    public async Task Attention_checks_and_repeats_measure_the_annotator_and_not_the_models()
    {
        Guid study = await Judged(Plan with { GoldEvery = 3, RepeatEvery = 5, LeastReading = TimeSpan.FromSeconds(5) }, 8);
        IReadOnlyList<JudgedVote> votes = await _workbench.Results.VotesAsync(study);
        Assert.Equal(16, Leaderboard.Of(votes).Votes);
        AnnotatorQuality ann = StudyQuality.Of(votes).Annotators.Single(one => one.Report.Annotator == "Ann");
        Assert.Equal(new CountedShare(1, 1), ann.Report.GoldRight);
        Assert.True(ann.Report.Consistency.Total >= 1);
        Assert.Equal(1, ann.Report.Consistency.Share);
        Assert.Equal((ann.Report.Votes, 4.0), (ann.Hasty, ann.Seconds));
        JudgedVote gold = votes.First(vote => vote.Item.Gold);
        Assert.NotNull(gold.Vote.Gold);
        Assert.Null(gold.Vote.Battle);
    }
}
