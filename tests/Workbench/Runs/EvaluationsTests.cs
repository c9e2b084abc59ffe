using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Eval.Runs;
using Juxta.Tests;
using Juxta.Workbench;
using Juxta.Workbench.Models;
using Juxta.Workbench.Runs;

namespace Juxta.WorkbenchTests.Runs;

public sealed class EvaluationsTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public EvaluationsTests() => TinyModel.Write(_folder.File("tiny"));

    public void Dispose() => _folder.Dispose();

    JuxtaWorkbench Open() => JuxtaWorkbench.Open(new WorkbenchOptions
    {
        DataFolder = _folder.File("data"),
        Models = [_folder.File("tiny")],
        SetFolders = [Path.Combine(Fixtures.Repository, "evalsets")],
        Engine = new EngineOptions { CacheTokens = 32768 },
    });

    static RunRequest Both(string name) => new(name, [new ModelChoice("tiny", []), new ModelChoice("tiny", [new AdapterUse("loud", 0.5f)])], ["stop-behaviour"]);

    static async Task<RunJob> EndAsync(Evaluations runs, string name)
    {
        var cancel = TestContext.Current.CancellationToken;
        while (runs.Get(name).Status == RunStatus.Running) await Task.Delay(50, cancel);
        return runs.Get(name);
    }

    [Fact]
    public async Task A_job_is_stopped_by_the_server_s_end_and_goes_on_to_the_same_answers()
    {
        string[] expected;
        await using (JuxtaWorkbench workbench = Open())
        {
            Evaluations runs = workbench.Evaluations;
            int told = 0;
            runs.Changed += _ => Interlocked.Increment(ref told);
            Assert.Equal("whole", runs.Start(Both("whole")));
            RunJob job = await EndAsync(runs, "whole");
            Assert.True(job.Status == RunStatus.Complete, job.Error);
            Assert.Equal((240, 240, "tiny+loud=0.5"), (job.Done, job.Total, job.Runs[1].Model));
            Assert.True(told > 240);
            RunRecord run = await workbench.Runs.OpenAsync("whole/tiny/stop-behaviour");
            Assert.True(run.IsComplete);
            Assert.All(run.Results, result => Assert.Equal(result.CompletionTokens, result.Logprobs!.Count));
            expected = Lines(run, await workbench.Runs.OpenAsync("whole/tiny+loud=0.5/stop-behaviour"));

            Assert.Equal("cut", runs.Start(Both(" cut ")));
            while (runs.Get("cut").Done < 20) await Task.Delay(10, TestContext.Current.CancellationToken);
            Assert.NotNull(runs.Get("cut").Left);
            Assert.NotEmpty((await workbench.Runs.OpenAsync("cut/tiny/stop-behaviour")).Results);
        }
        await using JuxtaWorkbench again = Open();
        RunJob stopped = again.Evaluations.Get("cut");
        Assert.Equal((RunStatus.Stopped, RunStatus.Complete), (stopped.Status, again.Evaluations.Get("whole").Status));
        Assert.InRange(stopped.Done, 20, 239);
        again.Evaluations.Resume("cut");
        Assert.Equal(RunStatus.Complete, (await EndAsync(again.Evaluations, "cut")).Status);
        Assert.Equal(expected, Lines(await again.Runs.OpenAsync("cut/tiny/stop-behaviour"), await again.Runs.OpenAsync("cut/tiny+loud=0.5/stop-behaviour")));
        Assert.Equal(["cut", "whole"], again.Evaluations.All.Select(job => job.Name));
        await again.Evaluations.DeleteAsync("cut");
        Assert.Equal(["whole"], again.Evaluations.All.Select(job => job.Name));
    }

    static string[] Lines(params RunRecord[] runs) => [.. runs.SelectMany(run => run.Results).Select(result => result.ToJson())];

    [Fact]
    public async Task A_cancelled_job_keeps_its_answers_and_shows_its_command()
    {
        await using JuxtaWorkbench workbench = Open();
        Evaluations runs = workbench.Evaluations;
        string name = runs.Start(Both(""));
        while (runs.Get(name).Done == 0) await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.True(runs.Cancel(name));
        RunJob job = await EndAsync(runs, name);
        Assert.Equal((RunStatus.Stopped, null), (job.Status, job.Error));
        Assert.True(job.Done > 0);
        Assert.False(runs.Cancel(name));
        Assert.Equal(
            $"juxta eval run --model {_folder.File("tiny")} --model {_folder.File("tiny")}:{_folder.File("tiny", "adapters", "loud")}=0.5 --set {Path.Combine(Fixtures.Repository, "evalsets", "stop-behaviour")} --out {_folder.File("data", "runs", "n")}",
            runs.CommandLine(Both("n")));
        Assert.Contains(" --with max_target_length=4,8 --with 'stop=[\"\\n\"]' --out ", runs.CommandLine(Both("n") with { With = ["max_target_length=4,8", """stop=["\n"]"""] }), StringComparison.Ordinal);
        Assert.EndsWith("--out '" + _folder.File("data", "runs", "it'\\''s mine") + "'", runs.CommandLine(Both("it's mine")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_run_is_refused_before_anything_is_made()
    {
        await using JuxtaWorkbench workbench = Open();
        Evaluations runs = workbench.Evaluations;
        RunRequest good = Both("x");
        Refuses(good with { Models = [] }, "no model is to be asked");
        Refuses(good with { Sets = [] }, "no set is to be run");
        Refuses(good with { Models = [good.Models[0], good.Models[0]] }, "tiny is named twice");
        Refuses(good with { Sets = ["stop-behaviour", "stop-behaviour"] }, "a set is named twice");
        Refuses(good with { Models = [new ModelChoice("large", [])] }, "there is no model 'large'");
        Refuses(good with { Models = [new ModelChoice("tiny", [new AdapterUse("poet")])] }, "tiny has no adapter 'poet'");
        Refuses(good with { Sets = ["absent"] }, "there is no set 'absent'; there are", "stop-behaviour");
        Refuses(good with { With = ["max_target_length=long"] }, "max_target_length is 'long'; expected a whole number");
        Refuses(good with { With = ["few_shot=3"] }, "few_shot goes up to 3 and stop-behaviour has no examples");
        Refuses(good with { Name = "../x" }, "cannot be the name");
        Directory.CreateDirectory(_folder.File("data", "evalsets", "broken"));
        File.WriteAllText(_folder.File("data", "evalsets", "broken", "evalset.json"), "{");
        Refuses(good with { Sets = ["broken"] }, "the set 'broken' cannot be used", "not valid JSON");
        Assert.Empty(runs.All);
        Assert.Throws<NotFoundException>(() => runs.Get("x"));
        Directory.CreateDirectory(_folder.File("data", "runs", "x"));
        Refuses(good, "there is an evaluation 'x' already");

        void Refuses(RunRequest request, params string[] says)
        {
            string message = Assert.ThrowsAny<Exception>(() => runs.Start(request)).Message;
            foreach (string part in says) Assert.Contains(part, message);
        }
    }

    [Fact]
    public async Task A_job_whose_answers_were_damaged_fails_and_says_where()
    {
        await using JuxtaWorkbench workbench = Open();
        Evaluations runs = workbench.Evaluations;
        runs.Start(Both("x") with { Models = [new ModelChoice("tiny", [])] });
        while (runs.Get("x").Done < 3) await Task.Delay(10, TestContext.Current.CancellationToken);
        runs.Cancel("x");
        await EndAsync(runs, "x");
        File.AppendAllText(Path.Combine(runs.Get("x").Runs[0].Folder, "answers.jsonl"), "nonsense\n");
        runs.Resume("x");
        RunJob job = await EndAsync(runs, "x");
        Assert.Equal(RunStatus.Failed, job.Status);
        Assert.Contains("this is no answer of a run", job.Error);
    }
}
