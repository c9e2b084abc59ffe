using Juxta.Tests;
using Juxta.Web.Runs;
using Juxta.Workbench;

namespace Juxta.WebTests.Runs;

/// <summary>The list of runs as the plain object it is, over real folders.</summary>
public sealed class RunsSessionTests : IAsyncDisposable
{
    readonly WrittenRuns _runs = new();
    readonly JuxtaWorkbench _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { Ephemeral = true, OpenAtStart = false });

    public async ValueTask DisposeAsync()
    {
        await _workbench.DisposeAsync();
        _runs.Dispose();
    }

    [Fact]
    public async Task The_list_says_how_far_each_run_is_and_its_first_scores()
    {
        _runs.Write("job/good", (_, i) => ($"red ball {i}", "eos:2"));
        _runs.Write("job/half", (setting, i) => (setting == 0 ? "red" : null, "length"));
        _runs.Write("bad", (_, _) => ("red", "eos:2"));
        File.WriteAllText(Path.Combine(_runs.FolderOf("bad"), "manifest.json"), "{}");
        using var session = new RunsSession(_runs.Library, _workbench.Evaluations, _workbench.Models, TimeProvider.System);
        Assert.Null(session.Rows);
        await session.LookAsync();
        RunRow good = Row(session, "job/good"), half = Row(session, "job/half"), bad = Row(session, "bad");
        Assert.Equal((RunState.Complete, 120, 120, "good"), (good.State, good.Done, good.Of, good.Model));
        Assert.Equal(["exact-match", "chrf", "did-not-stop"], good.Headlines.Select(score => score.Key));
        Assert.Equal(100, good.Headlines.First().Score);
        Assert.Equal((RunState.Interrupted, 60, 120), (half.State, half.Done, half.Of));
        Assert.Equal(1, half.Headlines.Last().Score);
        Assert.Equal(RunState.Damaged, bad.State);
        Assert.Contains("no manifest of a run", bad.Error, StringComparison.Ordinal);
        Assert.Null(session.Notice);
    }

    [Fact]
    public async Task A_run_that_somebody_writes_is_running()
    {
        _runs.Write("one", (setting, _) => (setting == 0 ? "red" : null, "eos:2"));
        string claim = Path.Combine(_runs.FolderOf("one"), "run.lock");
        using (new FileStream(claim, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            using var session = new RunsSession(_runs.Library, _workbench.Evaluations, _workbench.Models, TimeProvider.System);
            await session.LookAsync();
            Assert.Equal((RunState.Running, null), (Row(session, "one").State, Row(session, "one").Scores));
        }
        using var later = new RunsSession(_runs.Library, _workbench.Evaluations, _workbench.Models, TimeProvider.System);
        await later.LookAsync();
        Assert.True(File.Exists(claim));
        Assert.Equal(RunState.Interrupted, Row(later, "one").State);
    }

    [Fact]
    public async Task Chosen_runs_lead_to_their_comparison_with_the_first_as_the_baseline()
    {
        _runs.Write("a", (_, _) => ("red", "eos:2"));
        _runs.Write("job/b c", (_, _) => ("ball", "eos:2"));
        _runs.Write("other", (_, _) => ("ball", "eos:2"), samples: 3);
        using var session = new RunsSession(_runs.Library, _workbench.Evaluations, _workbench.Models, TimeProvider.System);
        await session.LookAsync();
        session.Choose("job/b c");
        Assert.Null(session.Comparison);
        session.Choose("a");
        Assert.Equal("runs/compare?run=job%2Fb%20c&run=a", session.Comparison);
        Assert.Null(session.Unfit);
        session.Choose("other");
        Assert.Contains("not of the same samples", session.Unfit, StringComparison.Ordinal);
        session.Choose("job/b c");
        session.Choose("other");
        Directory.Delete(_runs.FolderOf("a"), recursive: true);
        await session.LookAsync();
        Assert.Empty(session.Chosen);
    }

    static RunRow Row(RunsSession session, string name) => session.Rows!.Single(row => row.Name == name);
}
