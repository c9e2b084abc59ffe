using Juxta.Tests;
using Juxta.Web.Models;
using Juxta.Workbench;
using Juxta.Workbench.Hub;

namespace Juxta.WebTests.Models;

/// <summary>What a page of models shows of the Hub, over a real shelf and a stand-in Hub.</summary>
public sealed class HubPanelTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-web-").FullName;
    StandInHub _hub = null!;
    JuxtaWorkbench? _workbench;
    ModelsSession? _session;

    HubPanel Panel => _session!.Hub;

    public async ValueTask InitializeAsync()
    {
        _hub = (await StandInHub.StartAsync()).WithModel(300_000);
        Open(token: null);
    }

    void Open(string? token)
    {
        _workbench = JuxtaWorkbench.Open(new WorkbenchOptions
        {
            DataFolder = Path.Combine(_folder, "data"), OpenAtStart = false, Hub = new HubOptions { Endpoint = _hub.Address, Token = token, Delays = [] },
        });
        _session = new ModelsSession(_workbench.Models, _workbench.Downloads, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _session!.Dispose();
        await _workbench!.DisposeAsync();
        await _hub.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("acme/tiny")]
    [InlineData(" https://huggingface.co/acme/tiny ")]
    [InlineData("https://huggingface.co/acme/tiny/tree/v2")]
    public async Task What_a_person_types_or_pastes_is_looked_up(string asked)
    {
        Panel.Asked = asked;
        Task looking = Panel.FindAsync();
        Assert.True(Panel.Looking);
        await looking;
        Assert.False(Panel.Looking);
        Assert.Equal(asked.EndsWith("v2", StringComparison.Ordinal) ? "acme/tiny@v2" : "acme/tiny", Panel.Offer!.Model.Id.ToString());
        Panel.Leave();
        Assert.Null(Panel.Offer);
    }

    [Theory]
    [InlineData("nonsense", "does not name a model of the Hub")]
    [InlineData("acme/none", "there is no model acme/none")]
    [InlineData("https://huggingface.co/datasets/acme/tiny", "does not name a model of the Hub")]
    public async Task What_cannot_be_found_says_why_and_the_next_look_up_clears_it(string asked, string message)
    {
        Panel.Asked = asked;
        await Panel.FindAsync();
        Assert.Null(Panel.Offer);
        Assert.Contains(message, Panel.Failure!.Text);
        Panel.Asked = StandInHub.Repository;
        await Panel.FindAsync();
        Assert.Null(Panel.Failure);
        Assert.NotNull(Panel.Offer);
    }

    [Fact]
    public async Task What_was_looked_up_last_stays_also_when_something_older_is_found_later()
    {
        Panel.Asked = StandInHub.Repository;
        Task older = Panel.FindAsync(); // on its way over the network
        Panel.Asked = "nonsense";
        await Panel.FindAsync(); // known at once
        await older;
        Assert.Null(Panel.Offer);
        Assert.Contains("nonsense", Panel.Failure!.Text);
        Assert.False(Panel.Looking);
    }

    [Fact]
    public async Task A_download_goes_on_without_its_page_and_its_model_is_described_on_the_next()
    {
        Panel.Asked = StandInHub.Repository;
        await Panel.FindAsync();
        Panel.Start();
        Assert.Equal((null, ""), (Panel.Offer, Panel.Asked));
        _session!.Dispose();
        _session = new ModelsSession(_workbench!.Models, _workbench.Downloads, TimeProvider.System);
        await UntilAsync(() => Panel.Downloads.All is [{ Status: DownloadStatus.Complete }]);
        Assert.EndsWith("every file checked", DownloadText.Describe(Panel.Downloads.All[0]));
        Assert.Equal(1, DownloadText.Share(Panel.Downloads.All[0]));
        await _session.PeekAsync();
        Assert.Equal("acme--tiny", Assert.Single(_session.Models).Id);
        Assert.Contains(("From the Hub", $"acme/tiny at {StandInHub.Commit[..7]}"), ModelFacts.Of(null, null, _session.Models[0].Origin));
        // The page looks at a new model by itself: the look asked for here may have given way to that one.
        await UntilAsync(() => _session.Peek("acme--tiny") is not null); // it is no model that can be opened, and says so
    }

    [Fact]
    public async Task A_private_model_needs_the_token_of_the_environment_which_is_never_shown()
    {
        _hub.Token = "hf_secretSecret";
        Panel.Asked = StandInHub.Repository;
        await Panel.FindAsync();
        Assert.Contains("for a private one set HF_TOKEN", Panel.Failure!.Text);
        _session!.Dispose();
        await _workbench!.DisposeAsync();
        Open("hf_secretSecret");
        Panel.Asked = StandInHub.Repository;
        await Panel.FindAsync();
        Assert.NotNull(Panel.Offer);
        Panel.Start();
        await UntilAsync(() => Panel.Downloads.All is [{ Status: DownloadStatus.Complete }]);
        foreach (string file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("juxta.lock", StringComparison.Ordinal)))
            Assert.DoesNotContain("hf_secretSecret", await ReadAsync(file));
    }

    [Fact]
    public void Speed_and_time_left_are_said_while_it_runs()
    {
        DownloadEntry entry = new(HubId.Parse("acme/tiny"), "/m", DownloadStatus.Running, 250_000_000, 1_000_000_000, new HubProgress("model.safetensors", 3, 7, 250_000_000, 1_000_000_000, 12_500_000, TimeSpan.FromSeconds(60)), null);
        Assert.Equal("250.0 MB of 1.00 GB · 12.5 MB/s · 0:01:00 left · file 3 of 7, model.safetensors", DownloadText.Describe(entry));
        Assert.Equal(0.25, DownloadText.Share(entry));
        Assert.Equal("250.0 MB are here", DownloadText.Describe(entry with { Status = DownloadStatus.Interrupted, TotalBytes = null }));
        Assert.Null(DownloadText.Share(entry with { TotalBytes = null }));
        Assert.Equal("checking what is here", DownloadText.Describe(entry with { Progress = null }));
    }

    static async Task<string> ReadAsync(string file)
    {
        using var shared = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return await shared.ReadToEndAsync();
    }

    static async Task UntilAsync(Func<bool> happened, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(happened))] string what = "")
    {
        for (int tries = 0; !happened(); tries++)
        {
            Assert.True(tries < 3000, $"in 30 s it did not come about: {what}");
            await Task.Delay(10);
        }
    }
}
