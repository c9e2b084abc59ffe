using Juxta.Engine;
using Juxta.Tests;
using Juxta.Web.Models;
using Juxta.Workbench;
using Juxta.Workbench.Models;

namespace Juxta.WebTests.Models;

/// <summary>The doctor's panel as plain C#, over a real shelf.</summary>
public sealed class DoctorSessionTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-web-").FullName;
    JuxtaWorkbench? _workbench;
    DoctorSession? _doctor;

    DoctorSession Doctor => _doctor!;

    public ValueTask InitializeAsync()
    {
        TinyModel.Write(Path.Combine(_folder, "tiny"));
        string broken = Directory.CreateDirectory(Path.Combine(_folder, "broken")).FullName;
        File.WriteAllText(Path.Combine(broken, "config.json"), "{\"architectures\":[\"NobodyKnows\"]}");
        _workbench = JuxtaWorkbench.Open(new WorkbenchOptions
        {
            Models = [Path.Combine(_folder, "tiny"), broken],
            Ephemeral = true,
            OpenAtStart = false,
            Engine = new EngineOptions { Threads = 1, CacheTokens = 4096 },
        });
        _doctor = new DoctorSession(_workbench.Models);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        Doctor.Dispose();
        await _workbench!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    string[] Codes => [.. Doctor.Report!.Findings.Select(finding => finding.Code)];

    [Fact]
    public async Task A_model_is_examined_with_its_progress_and_its_ends_told()
    {
        var stages = new List<string>();
        Doctor.Changed += () => { lock (stages) { if (Doctor.Running) stages.Add(Doctor.Progress.Doing); } };
        Assert.Equal("tiny", Doctor.Model);
        await Doctor.ExamineAsync();
        Assert.False(Doctor.Running);
        Assert.Null(Doctor.Failure);
        Assert.Equal(3, Doctor.Report!.EndProbes.Count(probe => !probe.Own));
        Assert.Contains("double-bos", Codes); // the template writes it, and the tokenizer adds it
        lock (stages) Assert.Equal(["opening the files", "reading the weights", "asking the model"], stages.Distinct());
    }

    [Fact]
    public async Task A_folder_that_no_model_can_be_made_of_is_a_finding_and_no_failure()
    {
        Doctor.Model = "broken";
        await Doctor.ExamineAsync();
        Assert.Null(Doctor.Failure);
        Assert.True(Doctor.Report!.BreaksChat);
        Assert.Contains("family-unknown", Codes);
    }

    [Fact]
    public async Task An_adapter_is_examined_over_its_model()
    {
        Assert.Equal(["loud", "silent"], Doctor.Adapters.Select(adapter => adapter.Name));
        Doctor.Adapter = "silent";
        await Doctor.ExamineAsync();
        Assert.Contains("adapter-no-effect", Codes);
        Doctor.Adapter = "loud";
        await Doctor.ExamineAsync();
        Assert.DoesNotContain("adapter-no-effect", Codes);
        Assert.Equal("loud", Doctor.Report!.Receipt!.Name);
    }

    [Fact]
    public async Task A_model_in_memory_is_asked_as_it_is_there()
    {
        OpenModel open = await _workbench!.Models.OpenAsync("tiny", TestContext.Current.CancellationToken);
        Doctor.Adapter = "loud";
        await Doctor.ExamineAsync();
        Assert.True(Doctor.Report!.Receipt!.ProbeMaxLogitDifference > 0);
        Assert.Empty(open.Engine.Adapters);
        Assert.Equal(LoadStatus.Ready, _workbench.Models.Model("tiny").Status);
    }

    [Fact]
    public async Task Stopping_shows_nothing_and_the_next_one_runs()
    {
        void StopOnce()
        {
            if (!Doctor.Running || Doctor.Progress.Share == 0) return;
            Doctor.Changed -= StopOnce;
            Doctor.Stop();
        }
        Doctor.Changed += StopOnce;
        await Doctor.ExamineAsync();
        Assert.False(Doctor.Running);
        Assert.Null(Doctor.Report);
        Assert.Null(Doctor.Failure);
        await Doctor.ExamineAsync();
        Assert.NotNull(Doctor.Report);
    }

    [Fact]
    public async Task Of_two_examinations_the_last_one_begun_counts()
    {
        Task first = Doctor.ExamineAsync();
        Doctor.Model = "broken";
        Task second = Doctor.ExamineAsync();
        await Task.WhenAll(first, second);
        Assert.EndsWith("broken", Doctor.Report!.Folder, StringComparison.Ordinal);
        Assert.False(Doctor.Running);
    }

    [Fact]
    public async Task Another_choice_puts_the_findings_away()
    {
        Doctor.Adapter = "silent";
        await Doctor.ExamineAsync();
        Doctor.Model = "broken";
        Assert.Null(Doctor.Report);
        Assert.Null(Doctor.Adapter);
        Assert.Empty(Doctor.Adapters);
    }

    [Fact]
    public async Task A_folder_that_is_gone_is_told()
    {
        Directory.Delete(Path.Combine(_folder, "broken"), recursive: true);
        Doctor.Model = "broken";
        await Doctor.ExamineAsync();
        Assert.Contains("no such folder", Doctor.Failure!.Text, StringComparison.Ordinal);
        Assert.Null(Doctor.Report);
    }
}
