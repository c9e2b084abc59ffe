using Juxta.Eval.Comparison;
using Juxta.Tests;
using Juxta.Web.Runs;
using Juxta.WebTests.Chat;

namespace Juxta.WebTests.Runs;

/// <summary>A run's page as the plain object it is.</summary>
public sealed class RunSessionTests : IDisposable
{
    readonly WrittenRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task A_setting_is_shown_with_its_scores_and_the_samples_own()
    {
        _runs.Write("one", (setting, i) => (setting == 0 ? "red" : $"red ball {i}", setting == 0 ? "length" : "eos:2"));
        using var session = new RunSession(_runs.Library, TimeProvider.System);
        await session.OpenAsync("one", 1);
        Assert.Equal((RunState.Complete, 1), (session.State, session.Setting));
        Assert.Equal(100, session.Measured!.Find("exact-match")!.Score);
        SampleRow row = session.Find("s7")!;
        Assert.Equal("red ball 7", row.Result!.Answer);
        Assert.Equal(("exact-match", 100.0), session.ScoresOf(row).Select(own => (own.Metric.Key, own.Score)).First());
        await session.OpenAsync("one", 0);
        Assert.Equal("red", session.Find("s7")!.Result!.Answer);
        Assert.Equal(0, session.Measured!.Find("exact-match")!.Score);
        await session.OpenAsync("one", 99);
        Assert.Equal(1, session.Setting);
        Assert.Null(session.Find("none"));
    }

    [Fact]
    public async Task Samples_are_filtered_by_text_tag_and_end_and_come_in_pieces()
    {
        _runs.Write("one", (setting, i) => i == 59 ? (null, "") : ($"Answer {i}", i < 3 ? "length" : i < 5 ? "repetition" : "stop:x"));
        using var session = new RunSession(_runs.Library, TimeProvider.System);
        await session.OpenAsync("one", 0);
        Assert.Equal((3, 0, 25), (session.Paging.Pages, session.Paging.First, session.Paging.End));
        session.Turn(2);
        Assert.Equal((50, 60), (session.Paging.First, session.Paging.End));
        session.Filter = new SampleFilter { Tag = "even" };
        Assert.Equal((30, 0), (session.Found.Count, session.Paging.Page));
        session.Filter = new SampleFilter { Tag = "even", End = AnswerEnd.Length };
        Assert.Equal(["s0", "s2"], session.Found.Select(row => row.Sample.Id));
        session.Filter = new SampleFilter { Unanswered = true };
        Assert.Equal(["s59"], session.Found.Select(row => row.Sample.Id));
        foreach (string text in (string[])["question 41", "ANSWER 41", "ball 41", " s41 "])
        {
            session.Filter = new SampleFilter { Text = text };
            Assert.Equal(["s41"], session.Found.Select(row => row.Sample.Id));
        }
        session.Filter = new SampleFilter { Text = "nothing has this" };
        Assert.Equal((0, 1, 0), (session.Found.Count, session.Paging.Pages, session.Paging.End));
    }

    [Fact]
    public async Task A_run_that_is_being_written_is_followed_to_its_end()
    {
        _runs.Write("one", (setting, i) => (setting == 0 ? "red" : null, "eos:2"), samples: 3);
        string claim = Path.Combine(_runs.FolderOf("one"), "run.lock");
        var writer = new FileStream(claim, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var time = new ManualTime();
        using var session = new RunSession(_runs.Library, time);
        await session.OpenAsync("one", 0);
        Assert.Equal((RunState.Running, 3, null), (session.State, session.Run!.Results.Count, session.Scores));
        await writer.DisposeAsync();
        _runs.Write("one", (_, _) => ("red", "eos:2"), samples: 3);
        await time.AdvanceAsync(TimeSpan.FromSeconds(1));
        for (int tries = 0; session.Scores is null; tries++)
        {
            Assert.True(tries < 3000, "the run was not read again");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        Assert.Equal((RunState.Complete, 6), (session.State, session.Run!.Results.Count));
    }

    [Fact]
    public async Task A_run_that_is_not_there_is_a_notice()
    {
        using var session = new RunSession(_runs.Library, TimeProvider.System);
        await session.OpenAsync("none", 0);
        Assert.Equal("Not found", session.Notice!.Title);
        session.Dismiss();
        Assert.Null(session.Notice);
    }
}
