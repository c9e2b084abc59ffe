using Juxta.Engine;
using Juxta.Tests;
using Juxta.Web.Chat.Messages;
using Juxta.Web.Models;
using Juxta.Workbench;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Juxta.WorkbenchTests.Endpoints;

namespace Juxta.WebTests.Models;

public sealed class RemotePanelTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-web-").FullName;
    JuxtaWorkbench? _workbench;

    RemotePanel Panel { get; set; } = null!;

    public ValueTask InitializeAsync()
    {
        TinyModel.Write(Path.Combine(_folder, "near"));
        _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { Models = [Path.Combine(_folder, "near")], DataFolder = Path.Combine(_folder, "data"), OpenAtStart = false, Engine = new EngineOptions { Threads = 1 } });
        Panel = new RemotePanel(_workbench.Models);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _workbench!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_server_is_looked_up_and_its_model_added_with_a_key_that_never_comes_out_again()
    {
        await using StandInServer server = await StandInServer.StartAsync(_ => Task.CompletedTask, """{"data":[{"id":"a/b"},{"id":"c"}]}""");
        Panel.Url = server.Url;
        Panel.GiveKey("s3cret");
        await Panel.FindAsync();
        Assert.Equal(["a/b", "c"], Panel.Found);
        Assert.Equal(("a/b", "The server offers a/b, c."), (Panel.Name, Panel.Done));
        int field = Panel.KeyField;
        Assert.True(Panel.Add());
        RemoteModel added = Assert.Single(Panel.Remotes);
        Assert.Equal(("a--b", "a/b", true), (added.Id, added.Name, added.KeepsKey));
        Assert.Equal(("a--b is offered now.", "", "", field + 1), (Panel.Done, Panel.Url, Panel.Name, Panel.KeyField));
        Assert.DoesNotContain(typeof(RemotePanel).GetProperties(), property => property.GetValue(Panel)?.ToString()?.Contains("s3cret", StringComparison.Ordinal) == true);
        Assert.DoesNotContain("s3cret", System.Text.Json.JsonSerializer.Serialize(Panel.Remotes), StringComparison.Ordinal);
        Assert.True(Panel.Remove("a--b"));
        Assert.Empty(Panel.Remotes);
    }

    [Fact]
    public async Task What_cannot_be_looked_up_or_added_is_said()
    {
        Panel.Url = "http://127.0.0.1:9";
        await Panel.FindAsync();
        Assert.Contains("http://127.0.0.1:9/v1/models cannot be asked", Panel.Failure!.Text, StringComparison.Ordinal);
        Assert.False(Panel.Add());
        Assert.Contains("the model has no name", Panel.Failure!.Text, StringComparison.Ordinal);
        (Panel.Name, Panel.Id) = ("m", "near");
        Assert.False(Panel.Add());
        Assert.Contains("'near' is a model or an alias here already", Panel.Failure!.Text, StringComparison.Ordinal);
        (Panel.Id, Panel.KeyVariable) = ("", "HOME");
        Assert.False(Panel.Add());
        Assert.Contains("ends in _API_KEY or begins with JUXTA_", Panel.Failure!.Text, StringComparison.Ordinal);
        Assert.Empty(Panel.Remotes);
    }

    [Fact]
    public void What_another_server_did_not_say_is_not_made_up()
    {
        Assert.Equal("tokens not counted · first after 12 ms", AnswerFacts.Cost(new Workbench.Generation.GenerationUsage(null, null, TimeSpan.FromMilliseconds(12), TimeSpan.FromSeconds(1), null)));
        Assert.Equal("Cut: the limit or the context was reached, the model had not finished", OutcomeText.Describe(Engine.Generation.Outcome.Length, null, null));
        Assert.Contains("the other server does not say which", OutcomeText.Describe(Engine.Generation.Outcome.Parse("stop"), 3, null), StringComparison.Ordinal);
    }
}
