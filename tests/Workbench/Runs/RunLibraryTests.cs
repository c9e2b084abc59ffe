using Juxta.Eval.Comparison;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Tests;
using Juxta.Workbench;

namespace Juxta.WorkbenchTests.Runs;

public sealed class RunLibraryTests : IDisposable
{
    readonly WrittenRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Runs_are_found_wherever_they_lie_below_the_folder()
    {
        Assert.Empty(_runs.Library.Names);
        _runs.Write("one", (_, _) => ("red", "eos:2"), samples: 2);
        _runs.Write("job/deep/two", (_, _) => ("red", "eos:2"), samples: 2);
        Assert.Equal(["job/deep/two", "one"], _runs.Library.Names.Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../set2")]
    [InlineData("one/../../set2")]
    [InlineData("/etc")]
    [InlineData("one\\two")]
    [InlineData("none")]
    public async Task A_name_leads_to_a_run_in_the_folder_or_nowhere(string name)
    {
        _runs.Write("one", (_, _) => ("red", "eos:2"), samples: 2);
        var error = await Assert.ThrowsAsync<NotFoundException>(() => _runs.Library.OpenAsync(name));
        Assert.Contains($"no run '{name}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_worked_out_is_kept_until_an_answer_is_added()
    {
        _runs.Write("one", (setting, _) => (setting == 0 ? "red" : null, "eos:2"), samples: 4);
        RunRecord first = await _runs.Library.OpenAsync("one");
        RunScores scores = await _runs.Library.ScoresAsync("one");
        Assert.Same(first, await _runs.Library.OpenAsync("one"));
        Assert.Same(scores, await _runs.Library.ScoresAsync("one"));
        _runs.Write("one", (_, _) => ("red", "eos:2"), samples: 4);
        Assert.Equal((4, 8), (first.Results.Count, (await _runs.Library.OpenAsync("one")).Results.Count));
        Assert.NotSame(scores, await _runs.Library.ScoresAsync("one"));
    }

    [Fact]
    public async Task A_failure_is_told_and_not_kept()
    {
        _runs.Write("one", (_, _) => ("red", "eos:2"), samples: 2);
        string answers = Path.Combine(_runs.FolderOf("one"), "answers.jsonl");
        string whole = await File.ReadAllTextAsync(answers, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(answers, "{}" + whole[2..], TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<SuiteException>(() => _runs.Library.OpenAsync("one"));
        Assert.Contains("answers.jsonl:1", error.Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(answers, whole, TestContext.Current.CancellationToken);
        Assert.True((await _runs.Library.OpenAsync("one")).IsComplete);
    }
}
