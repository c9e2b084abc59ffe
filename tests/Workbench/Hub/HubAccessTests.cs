using Juxta.Tests;
using Juxta.Workbench.Hub;

namespace Juxta.WorkbenchTests.Hub;

/// <summary>Who may read what, and where the token goes: to the Hub's own address and nowhere else.</summary>
public sealed class HubAccessTests : IAsyncLifetime, IDisposable
{
    const string Secret = "hf_verySecret123";

    readonly TemporaryFolder _models = new();
    StandInHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = (await StandInHub.StartAsync()).WithModel(50_000);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    public void Dispose() => _models.Dispose();

    async Task PullAsync(string? token = null, string id = StandInHub.Repository, bool offline = false)
    {
        using var client = new HubClient(new HubOptions { Endpoint = _hub.Address, Token = token, Offline = offline, Delays = [] });
        await client.Download(await client.FindAsync(HubId.Parse(id)), _models.FullPath).RunAsync();
    }

    async Task<string> RefusedAsync(string? token = null, string id = StandInHub.Repository, bool offline = false)
    {
        HubException error = await Assert.ThrowsAsync<HubException>(() => PullAsync(token, id, offline));
        Assert.DoesNotContain(Secret, error.ToString());
        return error.Message;
    }

    [Fact]
    public async Task A_private_model_comes_with_the_token_and_the_token_stays_with_the_Hub()
    {
        (_hub.Token, _hub.LargeFilesElsewhere) = (Secret, true);
        await PullAsync(Secret);
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(_models.File("acme--tiny", "model.safetensors")));
        Assert.All(_hub.Requests.Where(seen => !seen.SecondAddress), seen => Assert.Equal($"Bearer {Secret}", seen.Authorization));
        Assert.Contains(_hub.Requests, seen => seen.SecondAddress);
        Assert.All(_hub.Requests.Where(seen => seen.SecondAddress), seen => Assert.Null(seen.Authorization));
        foreach (string file in Directory.EnumerateFiles(_models.FullPath, "*", SearchOption.AllDirectories)) Assert.DoesNotContain(Secret, File.ReadAllText(file));
    }

    [Fact]
    public async Task A_cut_at_the_second_address_is_resumed_through_the_Hub()
    {
        (_hub.Token, _hub.LargeFilesElsewhere) = (Secret, true);
        _hub.Cut("model.safetensors", after: 20_000);
        using var client = new HubClient(new HubOptions { Endpoint = _hub.Address, Token = Secret, Delays = [TimeSpan.Zero] });
        await client.Download(await client.FindAsync(HubId.Parse(StandInHub.Repository)), _models.FullPath).RunAsync();
        Assert.Contains(_hub.Requests, seen => seen is { SecondAddress: true, Range: "bytes=20000-", Status: 206, Authorization: null });
    }

    [Fact]
    public async Task A_private_model_without_or_with_a_wrong_token()
    {
        _hub.Token = Secret;
        Assert.Contains("for a private one set HF_TOKEN", await RefusedAsync());
        Assert.Contains("does not accept HF_TOKEN", await RefusedAsync("hf_wrong"));
    }

    [Fact]
    public async Task A_gated_model_says_where_to_ask()
    {
        _hub.Gated = true;
        string without = await RefusedAsync();
        Assert.Contains("accept its conditions at", without);
        Assert.Contains("/acme/tiny", without);
        Assert.Contains("HF_TOKEN", without);
        Assert.Contains("has no access yet", await RefusedAsync(Secret));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_models.FullPath));
    }

    [Fact]
    public async Task Unknown_models_and_revisions()
    {
        Assert.Contains("no model acme/none", await RefusedAsync(id: "acme/none"));
        Assert.Contains("may not see it", await RefusedAsync(Secret, "acme/none"));
        Assert.Contains("no revision 'nowhere'", await RefusedAsync(id: "acme/tiny@nowhere"));
    }

    [Fact]
    public async Task A_revision_is_asked_for_as_one_part_of_the_address()
    {
        await PullAsync(id: "acme/tiny@refs/pr/1");
        Assert.EndsWith("/revision/refs%2Fpr%2F1", _hub.Requests[0].Path.Replace("/refs/pr/1", "/refs%2Fpr%2F1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Offline_nothing_is_asked()
    {
        Assert.Contains("offline", await RefusedAsync(offline: true));
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public async Task A_Hub_that_is_not_there()
    {
        using var client = new HubClient(new HubOptions { Endpoint = new Uri("http://127.0.0.1:1"), Token = Secret, Delays = [TimeSpan.Zero] });
        HubException error = await Assert.ThrowsAsync<HubException>(() => client.FindAsync(HubId.Parse(StandInHub.Repository)));
        Assert.Contains("the connection to 127.0.0.1 failed", error.Message);
        Assert.DoesNotContain(Secret, error.ToString());
    }

    [Theory]
    [InlineData("file:///etc/passwd", "not safe")]
    [InlineData("ftp://127.0.0.1/x", "not safe")]
    public async Task Redirects_to_other_kinds_of_addresses_are_refused(string to, string says)
    {
        (_hub.LargeFilesElsewhere, _hub.RedirectsTo) = (true, to);
        Assert.Contains(says, await RefusedAsync());
    }

    [Fact]
    public async Task Redirects_in_a_circle_end()
    {
        (_hub.LargeFilesElsewhere, _hub.RedirectsTo) = (true, $"{_hub.Address}acme/tiny/resolve/{StandInHub.Commit}/model.safetensors");
        Assert.Contains("again and again", await RefusedAsync());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("/x")]
    [InlineData("a/b/c")]
    [InlineData("../b")]
    [InlineData("a/..")]
    [InlineData("a/.")]
    [InlineData("a--b/c")]
    [InlineData("a/b@")]
    [InlineData("a/b@../../x")]
    [InlineData("a/b\n")]
    [InlineData("a/b?x=1")]
    [InlineData("https://huggingface.co/a/b")]
    public void Names_that_are_none(string id) => Assert.Contains("OWNER/NAME", Assert.Throws<HubException>(() => HubId.Parse(id)).Message + (id.Contains("..") || id.Contains("--") ? "OWNER/NAME" : ""));

    [Fact]
    public void Names()
    {
        HubId id = HubId.Parse("Qwen/Qwen2.5-0.5B-Instruct@v1.0");
        Assert.Equal(("Qwen", "Qwen2.5-0.5B-Instruct", "v1.0", "Qwen--Qwen2.5-0.5B-Instruct"), (id.Owner, id.Name, id.Revision, id.FolderName));
        Assert.Equal("main", HubId.Parse("a/b").Revision);
        Assert.Equal("a/b", HubId.Parse("a/b@main").ToString());
    }

    [Fact]
    public void The_environment_says_where_and_as_whom()
    {
        HubOptions none = HubOptions.From(_ => null);
        Assert.Equal((new Uri("https://huggingface.co"), null, false), (none.Endpoint, none.Token, none.Offline));
        HubOptions all = HubOptions.From(name => name switch { "HF_ENDPOINT" => "https://mirror.example/hub/", "HF_TOKEN" => $" {Secret}\n", _ => "1" });
        Assert.Equal((new Uri("https://mirror.example/hub"), Secret, true), (all.Endpoint, all.Token, all.Offline));
        Assert.DoesNotContain(Secret, all.ToString());
        Assert.True(HubOptions.From(_ => null, offline: true).Offline);
        Assert.False(HubOptions.From(name => name == "HF_HUB_OFFLINE" ? "0" : null).Offline);
    }

    [Theory]
    [InlineData("HF_ENDPOINT", "ftp://x", "https://huggingface.co")]
    [InlineData("HF_ENDPOINT", "https://user:pass@x", "without user name")]
    [InlineData("HF_ENDPOINT", "nonsense", "https://huggingface.co")]
    [InlineData("HF_TOKEN", "hf_verySecret123 \"x", "HF_TOKEN")]
    [InlineData("HF_TOKEN", "hf_verySecret123\r\nX-Evil: 1", "HF_TOKEN")]
    public void An_environment_that_cannot_be_used(string name, string value, string says)
    {
        HubException error = Assert.Throws<HubException>(() => HubOptions.From(asked => asked == name ? value : null));
        Assert.Contains(says, error.Message);
        Assert.DoesNotContain(Secret, error.ToString());
        Assert.DoesNotContain("pass@", error.ToString());
    }

    [Fact]
    public void A_token_never_goes_over_plain_http_except_to_this_machine()
    {
        HubOptions From(string endpoint) => HubOptions.From(name => name switch { "HF_ENDPOINT" => endpoint, "HF_TOKEN" => Secret, _ => null });
        Assert.Contains("anybody on the way", Assert.Throws<HubException>(() => From("http://mirror.example")).Message);
        Assert.Equal(Secret, From("http://127.0.0.1:8080").Token);
    }
}
