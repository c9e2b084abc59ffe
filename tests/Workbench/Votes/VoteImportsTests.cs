using System.Text;
using Juxta.Engine;
using Juxta.Eval.Agreement;
using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Workbench;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;

namespace Juxta.WorkbenchTests.Votes;

/// <summary>A votes file becomes a study whose figures are those of the file.</summary>
public sealed class VoteImportsTests : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly JuxtaWorkbench _workbench;

    public VoteImportsTests() => _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.File("data") });

    public async ValueTask DisposeAsync()
    {
        await _workbench.DisposeAsync();
        _folder.Dispose();
    }

    static IReadOnlyList<VoteEvent> Read(params string[] lines) => VoteFile.Read("votes.jsonl", Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    const string Texts = ""","messages":[{"role":"user","content":"q"}],"answer_a":"left text","answer_b":"right text"}""";

    static readonly string[] Log =
    [
        """{"id":"1","item":"i","a":"x","b":"y","winner":"a","annotator":"p","left":"b","time":"2026-01-02T03:04:05Z","seconds":7,"strength":2,"criteria":{"fluent":"b"},"tags":["t"],"language":"en",""" + Texts[1..],
        """{"id":"2","item":"i","a":"y","b":"x","winner":"a","annotator":"q","time":"2026-01-03T00:00:00Z"}""",
        """{"id":"3","item":"j","a":"x","b":"z","winner":"tie","annotator":"p"}""",
        """{"id":"4","undoes":"3","item":"j","a":"x","b":"z","winner":"b","annotator":"p"}""",
        """{"id":"5","item":"k","a":"z","b":"y","winner":"skip"}""",
        """{"id":"6","item":"k","a":"z","b":"y","winner":"both_bad"}""",
        """{"undoes":"5"}""",
        """{"a":"z","b":"x","winner":"a","annotator":"q"}""",
        """{"item":"i","a":"x","b":"y","winner":"a","annotator":"p","purpose":"repeat"}""",
        """{"item":"i","a":"x","b":"y","winner":"b","annotator":"lead","purpose":"adjudication"}""",
        """{"item":"g","a":"x","b":"y","winner":"a","annotator":"p","gold":"b"}""",
    ];

    [Fact]
    public async Task Ratings_agreement_sides_and_the_log_are_those_of_the_file()
    {
        Guid id = await _workbench.VoteImports.ImportAsync("From elsewhere", Read(Log));
        Study study = (await _workbench.Studies.ListAsync()).Single();
        Assert.Equal((id, StudyKind.File, true), (study.Id, study.Plan.Kind, study.Ended is not null));
        IReadOnlyList<Vote> before = VoteEvent.Standing(Read(Log)), after = VoteEvent.Standing(await _workbench.Results.EventsAsync(study));
        Assert.Equal(before.Select(Facts).Order(), after.Select(Facts).Order());
        Assert.Equal(Log.Length, (await _workbench.Results.EventsAsync(study)).Count);

        IReadOnlyList<JudgedVote> votes = await _workbench.Results.VotesAsync(id);
        Leaderboard board = Leaderboard.Of(votes);
        Battle[] battles = [.. before.Select(vote => vote.Battle).OfType<Battle>()];
        Assert.Equal(5, battles.Length);
        Assert.All(board.Rows, row => Assert.Equal(WinRate.Of(battles, row.Model), row.Record));
        StudyQuality quality = StudyQuality.Of(votes);
        Assert.Equal(AgreementReport.Of(before).WithTies.Value, quality.Agreement!.WithTies.Value);
        Assert.Equal(["p (imported)", "q (imported)", "somebody (imported)"], quality.Annotators.Select(one => one.Report.Annotator));
        Assert.Equal(new CountedShare(0, 1), quality.Annotators[0].Report.GoldRight);
        Assert.Single(quality.Disagreements);
        JudgedVote first = votes.Single(vote => vote.Entry.Ballot!.Strength == 2);
        Assert.Equal(("y", "x", Judgement.B, TimeSpan.FromSeconds(7), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)), (first.Left, first.Right, first.Verdict, first.Entry.Ballot!.Spent, first.Entry.At));
        Assert.Equal(ShownHashes.Of(first.Item.Messages, "right text", "left text"), first.Entry.Shown);
        // Nobody signs in as one of them, and nobody new votes.
        Assert.Empty(await _workbench.People.ListAsync());

        static string Facts(Vote vote)
        {
            if (vote.Gold is { } gold) return $"gold {vote.Verdict == gold}";
            Vote one = vote.Ordered();
            return $"{one.A} {one.B} {one.Verdict} {one.Annotator?.Replace(" (imported)", "") ?? "somebody"} {one.Purpose} {one.Strength} {string.Join(',', one.Criteria)}";
        }
    }

    [Theory]
    [InlineData("""{"undoes":"9"}""", "no line before it")]
    [InlineData("""{"a":"x","b":"y","winner":"a","gold":"a"}""", "no votes on models")]
    [InlineData("""{"a":"x","b":"y","winner":"a","gold":"tie"}""", "no votes on models")]
    public async Task A_file_that_cannot_be_a_study_says_why_and_makes_none(string line, string says)
    {
        Assert.Contains(says, (await Assert.ThrowsAsync<RequestException>(() => _workbench.VoteImports.ImportAsync("t", Read(line)))).Message, StringComparison.Ordinal);
        Assert.Contains("needs a title", (await Assert.ThrowsAsync<RequestException>(() => _workbench.VoteImports.ImportAsync(" ", Read(Log)))).Message, StringComparison.Ordinal);
        Assert.Contains("expects a tie", (await Assert.ThrowsAsync<RequestException>(() => _workbench.VoteImports.ImportAsync("t", Read(Log[0], """{"a":"x","b":"y","winner":"a","gold":"tie"}""")))).Message, StringComparison.Ordinal);
        Assert.Empty(await _workbench.Studies.ListAsync());
    }

    [Fact]
    public void Gold_items_are_pairs_of_which_it_is_known_which_one_is_better()
    {
        IReadOnlyList<StudyItem> items = GoldItems.Of([.. Read(Log[0], Log[0].Replace("\"1\"", "\"2\""), Log[1], """{"item":"m","a":"x","b":"y","winner":"a","gold":"b",""" + Texts[1..]).Select(one => one.Vote!)]);
        Assert.Equal([("i", "left text"), ("m", "right text")], items.Select(item => (item.Sample, item.Answers[0]!.Text)));
        Assert.All(items, item => Assert.True(item.Gold));
        Assert.Contains("'answer_a'", Assert.Throws<RequestException>(() => GoldItems.Of([Read(Log[1])[0].Vote!])).Message, StringComparison.Ordinal);
    }
}
