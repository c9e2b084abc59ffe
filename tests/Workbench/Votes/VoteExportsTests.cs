using System.IO.Compression;
using System.Text;
using Juxta.Engine;
using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Eval.Suites;
using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;

namespace Juxta.WorkbenchTests.Votes;

/// <summary>A study's votes as files, read back by what reads such files.</summary>
public sealed class VoteExportsTests : IAsyncDisposable
{
    static readonly ExportPolicy Usual = new();

    readonly TemporaryFolder _folder = new();
    readonly JuxtaWorkbench _workbench;

    public VoteExportsTests() => _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.File("data") });

    public async ValueTask DisposeAsync()
    {
        await _workbench.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Three votes for alpha, the first corrected to a tie, the second undone and given anew.</summary>
    async Task<Guid> JudgedAsync(string? suite)
    {
        Guid study = await _workbench.Studies.CreateAsync("Study", new StudyPlan { Kind = StudyKind.Runs, Models = ["A1", "B2"], Seed = 2, RepeatEvery = 4 },
            [.. Enumerable.Range(0, 3).Select(i => new StudyItem($"s{i}", [new EvalMessage(EvalMessage.User, $"q{i}")], [new StudyAnswer("alpha", "eos:2"), new StudyAnswer("beta", "eos:2")]) { Suite = suite })]);
        var shown = new List<ShownPair>();
        while (await _workbench.Votes.NextAsync(Person.Local, study) is { } pair)
        {
            shown.Add(pair);
            await _workbench.Votes.CastAsync(Person.Local, pair.Showing, Guid.NewGuid(), Alpha(pair));
            if (shown.Count == 2)
            {
                await _workbench.Votes.UndoAsync(Person.Local, pair.Showing, Guid.NewGuid());
                await _workbench.Votes.CastAsync(Person.Local, pair.Showing, Guid.NewGuid(), Alpha(pair));
            }
        }
        await _workbench.Votes.CorrectAsync(Person.Local, shown[0].Showing, Guid.NewGuid(), new Ballot(Judgement.Tie));
        return study;

        static Ballot Alpha(ShownPair pair) => new(pair.Left == "alpha" ? Judgement.A : Judgement.B);
    }

    Task<ExportedFile> ExportAsync(Guid study, string format, bool heldOut = false) => _workbench.VoteExports.ExportAsync(study, format, Usual, heldOut);

    [Fact]
    public async Task The_events_are_read_back_as_the_votes_that_stand()
    {
        Guid study = await JudgedAsync("set");
        IReadOnlyList<VoteEvent> events = VoteFile.Read("votes.jsonl", (await ExportAsync(study, VoteExports.Events)).Content);
        Assert.Equal(7, events.Count);
        IReadOnlyList<Vote> votes = VoteEvent.Standing(events);
        Assert.Equal([(VotePurpose.Ordinary, false), (VotePurpose.Ordinary, false), (VotePurpose.Ordinary, true), (VotePurpose.Repeat, false)],
            votes.Select(vote => (vote.Purpose, vote.Verdict is Verdict.Tie)).Order());
        Leaderboard board = Leaderboard.Of(await _workbench.Results.VotesAsync(study));
        Assert.Equal(board.Rows.Single(row => row.Model == "A1").Record, WinRate.Of(votes.Select(vote => vote.Battle).OfType<Battle>(), "A1"));
        string table = Encoding.UTF8.GetString((await ExportAsync(study, VoteExports.Csv)).Content);
        Assert.Equal(5, table.TrimEnd().Split('\n').Length);
        Assert.Equal(4, VoteFile.Read("votes.csv", Encoding.UTF8.GetBytes(table)).Count);
    }

    [Fact]
    public async Task Training_data_leaves_unless_it_is_held_out_and_LLaMA_Factory_gets_its_description()
    {
        Guid study = await JudgedAsync("set"), free = await JudgedAsync(null);
        Assert.Contains("4 of 4 votes are on held-out samples (set: 4)", await _workbench.VoteExports.HeldOutAsync(study), StringComparison.Ordinal);
        Assert.Null(await _workbench.VoteExports.HeldOutAsync(free));
        Assert.Contains("can no longer be judged", (await Assert.ThrowsAsync<RequestException>(() => ExportAsync(study, "trl-dpo"))).Message, StringComparison.Ordinal);
        Assert.Equal(2, Encoding.UTF8.GetString((await ExportAsync(study, "trl-dpo", heldOut: true)).Content).TrimEnd().Split('\n').Length);
        ExportedFile zip = await ExportAsync(free, "llama-factory-kto");
        Assert.Equal(["1 repeats", "1 ties"], zip.LeftOut);
        using var archive = new ZipArchive(new MemoryStream(zip.Content));
        Assert.Equal(["llama-factory-kto.jsonl", "dataset_info.json"], archive.Entries.Select(entry => entry.Name));
        using var info = new StreamReader(archive.Entries[1].Open());
        Assert.Contains("\"file_name\": \"llama-factory-kto.jsonl\"", await info.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("llama-factory-ranking", (await Assert.ThrowsAsync<RequestException>(() => ExportAsync(free, "xml"))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotFoundException>(() => ExportAsync(Guid.NewGuid(), VoteExports.Events));
        Guid empty = await _workbench.Studies.CreateAsync("Empty", new StudyPlan { Kind = StudyKind.Runs, Models = ["A1", "B2"] }, [new StudyItem("s", [new EvalMessage(EvalMessage.User, "q")], [new StudyAnswer("a", null), new StudyAnswer("b", null)])]);
        Assert.Contains("nothing is left to train on", (await Assert.ThrowsAsync<RequestException>(() => ExportAsync(empty, "trl-kto"))).Message, StringComparison.Ordinal);
    }
}
