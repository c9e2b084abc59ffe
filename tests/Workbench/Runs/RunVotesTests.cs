using Juxta.Eval.Reports;
using Juxta.Tests;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;

namespace Juxta.WorkbenchTests.Runs;

/// <summary>The report on runs has what people said of their answers in a study.</summary>
public sealed class RunVotesTests : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly JuxtaWorkbench _workbench;
    readonly WrittenRuns _runs;

    public RunVotesTests()
    {
        _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.File("data"), OpenAtStart = false });
        _runs = new WrittenRuns(_folder.File("data"));
        _runs.Write("job/base", (_, i) => (i % 4 == 0 ? $"red ball {i}" : "a blue one", "eos:2"), samples: 12);
        _runs.Write("job/better", (setting, i) => (setting == 0 && i == 3 ? "no idea" : $"red ball {i}", "eos:2"), samples: 12);
    }

    public async ValueTask DisposeAsync()
    {
        await _workbench.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>An annotator who likes the reference, and the left side where both or none have it.</summary>
    async Task<Guid> JudgeAsync(params string[] runs)
    {
        (IReadOnlyList<string> models, IReadOnlyList<StudyItem> items) = await _workbench.StudyRuns.ReadAsync(runs, checks: false);
        Guid study = await _workbench.Studies.CreateAsync("Study", new StudyPlan { Kind = StudyKind.Runs, Models = models, Seed = 3 }, items);
        while (await _workbench.Votes.NextAsync(Person.Local, study) is { } shown)
        {
            bool left = shown.Left.StartsWith("red ball", StringComparison.Ordinal), right = shown.Right.StartsWith("red ball", StringComparison.Ordinal);
            await _workbench.Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), new Ballot(left == right ? Judgement.Tie : left ? Judgement.A : Judgement.B) { Spent = TimeSpan.FromSeconds(4) });
        }
        return study;
    }

    [Fact]
    public async Task Votes_on_just_these_answers_are_in_it_with_what_metrics_say_of_them()
    {
        string[] names = ["job/base", "job/better"];
        await JudgeAsync(names);
        Experiment experiment = await _workbench.Runs.ExperimentAsync(names);
        // 12 samples under 2 settings: 9 of 12 answers of base are wrong, and one of better under the first setting.
        Assert.Equal(24, experiment.Votes.Count);
        Report report = experiment.ToReport();
        Assert.Equal("People prefer better: 17 of 17 decided votes went to better, 100.0 % (81.6 % to 100.0 %); p < 0.0001.", Assert.IsType<ReportText>(Section(report, "people").Blocks[0]).Text);
        PeopleCorrelation exact = experiment.Correlations.Single(found => found.Key == "exact-match");
        Assert.Equal((24, 24, 1.0), (exact.Found.Items, exact.Found.Votes, exact.Found.Agreement.Value));
        Assert.NotNull(Section(report, "correlation"));
        Assert.Same(experiment, await _workbench.Runs.ExperimentAsync(names));

        await _workbench.Votes.UndoAsync(Person.Local, (await _workbench.Results.VotesAsync())[0].Entry.Showing, Guid.NewGuid());
        Assert.Equal(23, (await _workbench.Runs.ExperimentAsync(names)).Votes.Count);
        Assert.Empty((await _workbench.Runs.ExperimentAsync(["job/base"])).Votes);
    }

    [Fact]
    public async Task Votes_on_other_answers_of_models_of_the_same_name_are_not()
    {
        _runs.Write("old/base", (_, i) => ("something else", "eos:2"), samples: 12);
        await JudgeAsync("old/base", "job/better");
        Assert.Empty((await _workbench.Runs.ExperimentAsync(["job/base", "job/better"])).Votes);
        Assert.Equal(24, (await _workbench.Runs.ExperimentAsync(["old/base", "job/better"])).Votes.Count);
        Assert.Equal(["base", "base (2)", "better"], (await _workbench.Runs.ExperimentAsync(["job/base", "old/base", "job/better"])).Labels);
        Assert.All((await _workbench.Runs.ExperimentAsync(["job/base", "old/base", "job/better"])).Votes, vote => Assert.Contains("base (2)", (string[])[vote.A, vote.B]));
    }

    static ReportSection Section(Report report, string id) => report.Sections.Single(section => section.Id == id);
}
