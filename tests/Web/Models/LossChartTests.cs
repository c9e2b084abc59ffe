using Juxta.Engine;
using Juxta.Tests;
using Juxta.Training.Output;
using Juxta.Web.Models;
using Juxta.Workbench;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juxta.WebTests.Models;

/// <summary>A loss curve on the Models page: the lines, the words for those who cannot see them, and the log that it follows.</summary>
public sealed class LossChartTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static LossLines Lines(int steps, params (int Step, double Loss)[] points) =>
        LossLines.Of(new LossCurve([.. points.Select(point => new LossPoint(point.Step, point.Loss))], [new LossPoint(points[^1].Step, 3)], steps, points[^1].Step))!;

    [Fact]
    public void Lines_go_from_the_first_step_to_the_last_there_will_be_and_from_the_highest_loss_to_the_lowest()
    {
        LossLines lines = Lines(5, (1, 4), (2, 2), (3, 0));
        Assert.Equal("M0 0L250 150L500 300", lines.Training);
        Assert.Equal("M500 75h0", lines.HeldOutDots);
        Assert.Equal((0, 4, 1, 5), (lines.Low, lines.High, lines.First, lines.Last));
        Assert.Equal("loss from 4.000 to 0.000, lowest 0.000; held-out loss 3.000; step 3 of 5", lines.Describe());
        Assert.Equal([(1, 4.0, null), (2, 2.0, null), (3, 0.0, 3.0)], lines.Rows());
        Assert.Null(LossLines.Of(new LossCurve([], [], 5, 0)));
        Assert.Equal("M500 150", Lines(0, (7, 3)).Training);
    }

    [Fact]
    public void A_long_run_is_thinned_to_means()
    {
        LossLines lines = Lines(0, [.. Enumerable.Range(1, 10_000).Select(step => (step, step % 2 == 0 ? 1.0 : 2.0))]);
        Assert.Equal(LossLines.MostPoints, lines.Training.Count(c => c is 'M' or 'L'));
        Assert.EndsWith("L1000 225", lines.Training, StringComparison.Ordinal);
        Assert.Equal(12, lines.Rows().Count);
        Assert.Equal((1, 10_000), (lines.Rows()[0].Step, lines.Rows()[^1].Step));
    }

    [Fact]
    public async Task The_panel_shows_the_curve_of_a_folder_or_why_it_cannot_and_nothing_without_a_log()
    {
        Assert.Equal("", (await RenderAsync()).Trim());
        File.WriteAllText(Path.Combine(_folder, "trainer_state.json"), """{"max_steps":9,"global_step":2,"log_history":[{"step":1,"loss":2.5},{"step":2,"loss":1.25},{"step":2,"eval_loss":1.5}]}""");
        string html = await RenderAsync();
        foreach (string shown in (string[])["<summary>How it was trained</summary>", "aria-label=\"loss from 2.500 to 1.250, lowest 1.250; held-out loss 1.500; step 2 of 9\"", "d=\"M0 0L125 300\"", "held-out loss 1.500", "step 2 of 9", "<th scope=\"row\">2</th>"])
            Assert.Contains(shown, html, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "trainer_state.json"), "{<b>");
        html = await RenderAsync();
        Assert.Contains("cannot be read as a Trainer&#x27;s log", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_grows_is_read_again_and_one_that_does_not_is_not()
    {
        string file = Path.Combine(_folder, "trainer_state.json");
        var log = new LossLog(_folder);
        File.WriteAllText(file, """{"log_history":[{"step":1,"loss":2.5}]}""");
        Assert.True(log.Refresh());
        Assert.False(log.Refresh());
        File.WriteAllText(file, """{"log_history":[{"step":1,"loss":2.5},{"step":2,"loss":2}]}""");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(5));
        Assert.True(log.Refresh());
        Assert.Equal(2, log.Curve!.Step);
    }

    [Fact]
    public async Task The_shelf_knows_trainings_whose_result_is_not_there_yet()
    {
        string model = Path.Combine(_folder, "tiny"), run = Path.Combine(model, "adapters", "on-its-way");
        TinyModel.Write(model);
        Directory.CreateDirectory(run);
        File.WriteAllText(Path.Combine(run, "trainer_state.json"), "{}");
        File.WriteAllText(Path.Combine(model, "adapters", "loud", "trainer_state.json"), "{}");
        await using JuxtaWorkbench workbench = JuxtaWorkbench.Open(new WorkbenchOptions { Models = [model], Ephemeral = true, OpenAtStart = false, Engine = new EngineOptions { Threads = 1, CacheTokens = 4096 } });
        Assert.Equal([run], workbench.Models.Trainings());
        File.WriteAllText(Path.Combine(run, "adapter_config.json"), "{}");
        Assert.Empty(workbench.Models.Trainings());
    }

    async Task<string> RenderAsync()
    {
        await using ServiceProvider services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { ["Folder"] = _folder });
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<LossPanel>(parameters)).ToHtmlString());
    }
}
