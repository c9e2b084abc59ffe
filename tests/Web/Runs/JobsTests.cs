using Juxta.Engine;
using Juxta.Eval.Runs;
using Juxta.Tests;
using Juxta.Web.Runs;
using Juxta.Workbench;
using Juxta.Workbench.Runs;

namespace Juxta.WebTests.Runs;

/// <summary>Evaluations from the form, over a real workbench with a small random model and its adapters.</summary>
public sealed class JobsTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-web-").FullName;
    readonly WrittenRuns _written = new();
    JuxtaWorkbench? _workbench;
    RunsSession? _session;

    RunsSession Session => _session!;

    string Model => Path.Combine(_folder, "tiny");

    public ValueTask InitializeAsync()
    {
        TinyModel.Write(Model);
        _written.WriteSet(6);
        _workbench = JuxtaWorkbench.Open(new WorkbenchOptions
        {
            Models = [Model], SetFolders = [_written.SetFolder], DataFolder = Path.Combine(_folder, "data"), OpenAtStart = false, Engine = new EngineOptions { Threads = 1, CacheTokens = 4096 },
        });
        _session = new RunsSession(_workbench.Runs, _workbench.Evaluations, _workbench.Models, TimeProvider.System);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        Session.Dispose();
        await _workbench!.DisposeAsync();
        _written.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_form_shows_the_command_that_does_the_same()
    {
        RunForm form = Session.Form;
        Assert.Equal(["tiny", "tiny + loud", "tiny + silent"], form.Askable.Take(3).Select(model => model.Name));
        Assert.Equal((0, null), form.Size);
        Askable loud = form.Askable[1];
        form.Toggle(form.Askable[0]);
        form.Toggle(loud);
        form.Scale(loud, "loud", 0.5f);
        form.Scale(loud, "loud", float.NaN);
        form.Toggle(form.Sets.Single());
        form.Name = "first";
        Assert.Equal(24, form.Size.Answers);
        Assert.Equal(
            $"juxta eval run --model {Model} --model {Model}:{Path.Combine(Model, "adapters", "loud")}=0.5 --set {Path.Combine(_written.SetFolder, "set6")} --out {Path.Combine(_workbench!.Runs.Folder, "first")}",
            form.Command);
        form.Toggle(loud);
        form.Toggle(form.Sets.Single());
        Assert.Equal((0, 1, 0), (form.Size.Answers, form.Request.Models.Count, form.Request.Sets.Count));
    }

    [Fact]
    public void Adapters_act_together_with_a_scale_each()
    {
        RunForm form = Session.Form;
        (string model, IReadOnlyList<string> adapters) = form.Stackable.Single();
        Assert.Equal(("tiny", true), (model, adapters.Contains("loud") && adapters.Contains("silent")));
        form.Together("tiny", ["loud"]);
        Assert.Empty(form.Request.Models);
        form.Together("tiny", ["loud", "silent"]);
        form.Together("tiny", ["loud", "silent"]);
        Askable both = form.Askable.Single(model => model.Name == "tiny + loud + silent");
        Assert.True(form.Asks(both));
        form.Scale(both, "silent", 2);
        Assert.Contains($" --model {Model}:{Path.Combine(Model, "adapters", "loud")}:{Path.Combine(Model, "adapters", "silent")}=2 ", form.Command, StringComparison.Ordinal);
        Assert.Equal("tiny+loud+silent=2", RunRequest.NameOf(form.Request.Models.Single()));
    }

    [Fact]
    public async Task What_is_done_otherwise_than_the_set_says_is_checked_while_it_is_written_and_decides_the_run()
    {
        RunForm form = Session.Form;
        form.Toggle(form.Askable[0]);
        form.Toggle(form.Sets.Single());
        form.Do("max_target_length", "two");
        Assert.Equal((0, "max_target_length is 'two'; expected a whole number, 0 or more, or several with commas between them"), form.Size);
        form.Do("max_target_length", " 2, 3,5 ");
        form.Do("temperature", "0.5");
        form.Do("top_p", " ");
        form.Name = "other";
        Assert.Equal((18, null), form.Size);
        Assert.Contains(" --with 'max_target_length=2, 3,5' --with temperature=0.5 --out ", form.Command, StringComparison.Ordinal);
        await Session.StartAsync();
        Assert.Null(Session.Notice);
        await CompleteAsync();
        RunRecord run = await _workbench!.Runs.OpenAsync("other/tiny/small");
        Assert.Equal([2, 3, 5], run.Set.Settings.Select(setting => setting.MaxTargetLength!.Value));
        Assert.Equal(0.5, run.Manifest.Generation["temperature"].GetDouble());
        Assert.Equal((18, true), (run.Results.Count, run.Of(0).All(result => result.CompletionTokens <= 2)));
    }

    [Fact]
    public async Task An_evaluation_is_started_watched_gone_on_with_and_deleted()
    {
        Session.Form.Toggle(Session.Form.Askable[0]);
        Session.Form.Toggle(Session.Form.Sets.Single());
        Session.Form.Name = "first";
        await Session.StartAsync();
        Assert.Null(Session.Notice);
        await CompleteAsync();
        RunRow row = Session.Rows!.Single();
        Assert.Equal(("first/tiny/small", RunState.Complete, 12), (row.Name, row.State, row.Done));

        Session.Form.Name = "first";
        await Session.StartAsync();
        Assert.Contains("an evaluation 'first' already", Session.Notice!.Text, StringComparison.Ordinal);

        string answers = Path.Combine(_workbench!.Runs.Folder, "first", "tiny", "small", "answers.jsonl");
        string[] lines = await File.ReadAllLinesAsync(answers, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(answers, string.Concat(lines.Take(5).Select(line => line + "\n")), TestContext.Current.CancellationToken);
        await Session.LookAsync();
        Assert.Equal((RunStatus.Stopped, 5, RunState.Interrupted), (Session.Jobs.Single().Status, Session.Jobs.Single().Done, Session.Rows!.Single().State));
        await Session.ResumeAsync("first");
        await CompleteAsync();
        Assert.Equal(lines.Order(), (await File.ReadAllLinesAsync(answers, TestContext.Current.CancellationToken)).Order());

        await Session.DeleteAsync("first");
        Assert.Empty(Session.Jobs);
        await Session.CancelAsync("first");
        await Session.ResumeAsync("first");
        Assert.Equal("Not found", Session.Notice!.Title);
    }

    [Fact]
    public void Where_it_stands_is_said_in_words()
    {
        var job = new RunJob("first", new RunRequest("first", [new("a", []), new("b", [])], ["small"]), RunStatus.Running, default, [new("a", "small", "", 5, 10), new("b", "small", "", 0, 10)]);
        Assert.Equal("5 of 20 answers · 2 models over 1 set", JobText.Describe(job));
        Assert.Contains(" · about 90 s left · ", JobText.Describe(job with { Left = TimeSpan.FromSeconds(89.2) }), StringComparison.Ordinal);
        Assert.Contains(" · about 3 min left · ", JobText.Describe(job with { Left = TimeSpan.FromSeconds(125) }), StringComparison.Ordinal);
        Assert.Contains(" · about 2.5 h left · ", JobText.Describe(job with { Left = TimeSpan.FromHours(2.5) }), StringComparison.Ordinal);
    }

    /// <summary>Waits until the evaluation is complete and its runs are measured.</summary>
    async Task CompleteAsync()
    {
        for (int tries = 0; Session.Jobs is not [{ Status: RunStatus.Complete }] || Session.Rows is not [{ Scores: not null }]; tries++)
        {
            Assert.True(tries < 3000, $"in 30 s it did not end: {(Session.Jobs.Count > 0 ? JobText.Describe(Session.Jobs[0]) : "no job")} {Session.Notice?.Text}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
