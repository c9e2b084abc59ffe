using Juxta.Eval.Comparison;
using Juxta.Tests;
using Juxta.Web.Runs;
using Juxta.Workbench;

namespace Juxta.WebTests.Runs;

/// <summary>A comparison's page as the plain object it is.</summary>
public sealed class RunComparisonSessionTests : IAsyncLifetime
{
    readonly WrittenRuns _runs = new();
    readonly JuxtaWorkbench _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { Ephemeral = true, OpenAtStart = false });

    public ValueTask InitializeAsync()
    {
        _runs.Write("base", (_, i) => (i < 30 ? $"red ball {i}" : "blue", "eos:2"));
        _runs.Write("better", (setting, i) => (setting == 0 || i < 30 ? $"red ball {i}" : "blue", i == 59 ? "length" : "eos:2"));
        _runs.Write("worse", (_, i) => (i == 0 ? "red ball 0" : "green", "eos:2"));
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _workbench.DisposeAsync();
        _runs.Dispose();
    }

    [Fact]
    public async Task Candidates_are_tested_against_the_first_run_setting_by_setting()
    {
        RunComparisonSession session = await OpenAsync("base", "better", "worse");
        Assert.Equal(["base", "better", "worse"], session.Comparison!.Runs.Select(run => run.Label));
        MetricDifference exact = session.Differences.Single(difference => difference.Key == "exact-match");
        Assert.Equal((50, Finding.Better, 30, 0), (exact.Difference, exact.Finding, exact.Outcomes.Wins, exact.Outcomes.Losses));
        Assert.True(exact.CorrectedP >= exact.P && exact.Low > 0);
        await session.OpenAsync(["base", "better", "worse"], 1, 1);
        Assert.Equal(0, session.Differences.Single(difference => difference.Key == "exact-match").Difference);
        await session.OpenAsync(["base", "better", "worse"], 7, 9);
        Assert.Equal((1, 2), (session.Setting, session.Candidate));
        Assert.Equal(Finding.Worse, session.Differences.Single(difference => difference.Key == "exact-match").Finding);
    }

    [Fact]
    public async Task Samples_are_chosen_by_difference_and_by_who_did_better()
    {
        RunComparisonSession session = await OpenAsync("base", "worse");
        Assert.Equal(60, session.Found.Count);
        session.Choice = PairChoice.Different;
        Assert.Equal(59, session.Found.Count);
        session.Choice = PairChoice.Better;
        Assert.Empty(session.Found);
        session.MeasureBy("chrf");
        session.Choice = PairChoice.Worse;
        Assert.Equal(session.Found.OrderBy(pair => pair.Scores.Single(score => score.Key == "chrf").Gain), session.Found);
        session.Filter = new SampleFilter { Text = "question 3" };
        Assert.Contains(session.Found, pair => pair.Sample.Id == "s3");
        SampleDifference found = session.Find("s3")!;
        Assert.Equal((0, 'r', 'g'), (found.Divergence!.Token, found.Divergence.BaselineId, found.Divergence.CandidateId));
        Assert.Equal("First different token: no. 1. Baseline id 114 with probability 0.5, candidate id 103 with probability 0.5.", ForkText.Describe(found.Divergence, null));
    }

    [Fact]
    public async Task Runs_that_cannot_be_paired_are_a_notice_that_says_why()
    {
        _runs.Write("other", (_, _) => ("x", "eos:2"), samples: 3);
        RunComparisonSession session = await OpenAsync("base", "other");
        Assert.Null(session.Comparison);
        Assert.Contains("not of the same samples", session.Notice!.Text, StringComparison.Ordinal);
        await session.OpenAsync(["base"], 0, 1);
        Assert.Contains("two runs or more", session.Notice!.Text, StringComparison.Ordinal);
        await session.OpenAsync(["base", "none"], 0, 1);
        Assert.Equal("Not found", session.Notice!.Title);
    }

    async Task<RunComparisonSession> OpenAsync(params string[] names)
    {
        var session = new RunComparisonSession(_runs.Library, _workbench.Models);
        await session.OpenAsync(names, 0, 1);
        return session;
    }
}
