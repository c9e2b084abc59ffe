using System.Diagnostics;
using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary><c>juxta pull</c> through the real command against a Hub on loopback.</summary>
public sealed class PullTests : IAsyncLifetime, IDisposable
{
    const string Secret = "hf_verySecret123";

    readonly string _models = Directory.CreateTempSubdirectory("juxta-pull").FullName;
    StandInHub _hub = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = (await StandInHub.StartAsync()).WithModel(2_000_000);
        Environment.SetEnvironmentVariable("HF_ENDPOINT", _hub.Address.ToString());
        Environment.SetEnvironmentVariable("HF_TOKEN", null);
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", null);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string name in (ReadOnlySpan<string>)["HF_ENDPOINT", "HF_TOKEN", "HF_HUB_OFFLINE"]) Environment.SetEnvironmentVariable(name, null);
        await _hub.DisposeAsync();
    }

    public void Dispose() => Directory.Delete(_models, recursive: true);

    string Folder => Path.Combine(_models, "acme--tiny");

    string[] Pull(params string[] more) => ["pull", StandInHub.Repository, "--to", _models, .. more];

    void AssertComplete() => Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(Folder, "model.safetensors")));

    [Fact]
    public void A_model_is_brought_and_its_folder_printed()
    {
        (_hub.Token, _hub.LargeFilesElsewhere) = (Secret, true);
        Environment.SetEnvironmentVariable("HF_TOKEN", Secret);
        Juxta.Result result = Juxta.Run(Pull("--yes"));
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(Folder, result.Out.Trim());
        Assert.Contains("3 files, 2.0 MB", result.Error);
        Assert.DoesNotContain(Secret, result.Out + result.Error);
        AssertComplete();
    }

    [Fact]
    public void Json_names_the_commit_and_every_file()
    {
        JsonElement json = Juxta.Run(Pull("--yes", "--json")).Json;
        Assert.Equal((StandInHub.Repository, "main", StandInHub.Commit, Folder), (json.GetProperty("model").GetString(), json.GetProperty("revision").GetString(), json.GetProperty("commit").GetString(), json.GetProperty("folder").GetString()));
        Assert.Equal(["config.json", "tokenizer.json", "model.safetensors"], json.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("name").GetString()));
        Assert.Equal(json.GetProperty("bytes").GetInt64(), json.GetProperty("files").EnumerateArray().Sum(file => file.GetProperty("bytes").GetInt64()));
        Assert.StartsWith("sha256:", json.GetProperty("files")[2].GetProperty("hash").GetString());
    }

    [Fact]
    public void It_asks_after_it_has_said_how_much_and_takes_no_for_an_answer()
    {
        Juxta.Result no = Juxta.RunWith("n\n", Pull());
        Assert.Equal(1, no.Code);
        Assert.Contains("2.0 MB", no.Error);
        Assert.Contains("nothing was downloaded", no.Error);
        Assert.False(Directory.Exists(Folder));
        Juxta.Refuses(Pull(), "--yes");
        Assert.Equal(0, Juxta.RunWith("y\n", Pull()).Code);
        AssertComplete();
    }

    [Fact]
    public void What_goes_wrong_is_one_line()
    {
        Juxta.Refuses(["pull", "tiny"], "OWNER/NAME");
        Juxta.Refuses(["pull", "acme/none", "--yes", "--to", _models], "no model acme/none");
        Juxta.Refuses(Pull("--yes", "--offline"), "offline");
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", "1");
        Juxta.Refuses(Pull("--yes"), "HF_HUB_OFFLINE");
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", null);
        _hub.Gated = true;
        Juxta.Refuses(Pull("--yes"), "gated", "HF_TOKEN");
        Environment.SetEnvironmentVariable("HF_TOKEN", $"{Secret} x");
        Juxta.Result result = Juxta.Run(Pull("--yes"));
        Assert.Equal(2, result.Code);
        Assert.DoesNotContain(Secret, result.Error);
    }

    [Fact]
    public void A_disk_that_is_full_in_the_middle_keeps_what_has_arrived()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "limits file sizes as Linux does");
        // No file may grow beyond 1,000 blocks of 1,024 bytes: the write fails as on a full disk.
        (int code, string error) = Shell("trap '' XFSZ; ulimit -f 1000; exec dotnet \"$@\"", Pull("--yes"));
        Assert.True(code == 2, error);
        Assert.Contains("the disk refuses model.safetensors", error);
        Assert.Contains("run the same again", error);
        Assert.DoesNotContain("   at ", error);
        Assert.Equal(1_024_000, new FileInfo(Path.Combine(Folder, ".juxta-incomplete", "model.safetensors.part")).Length);
        Juxta.Result again = Juxta.Run(Pull("--yes"));
        Assert.Equal(0, again.Code);
        Assert.Contains("1.0 MB are already", again.Error);
        Assert.Contains(_hub.RequestsOf("model.safetensors"), seen => seen.Range == "bytes=1024000-");
        AssertComplete();
    }

    [Fact]
    public async Task Ctrl_C_keeps_what_has_arrived_and_says_so()
    {
        Interrupts.Require();
        _hub.Cut("model.safetensors", after: 1_500_000);
        _hub.HangsInsteadOfCutting = true;
        var waiting = new TaskCompletionSource();
        _hub.Hanging = () => waiting.TrySetResult();
        using Process process = Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "juxta.dll"), .. Pull("--yes")]);
        Task<string> error = process.StandardError.ReadToEndAsync();
        await waiting.Task.WaitAsync(TimeSpan.FromMinutes(1));
        string part = Path.Combine(Folder, ".juxta-incomplete", "model.safetensors.part");
        while (new FileInfo(part) is not { Exists: true, Length: 1_500_000 }) await Task.Delay(20);
        Interrupts.Send(process);
        string said = await error;
        Assert.True(said.Contains("what has arrived is kept", StringComparison.Ordinal), said);
        Assert.Equal(1_500_000, new FileInfo(part).Length);
    }

    static (int Code, string Error) Shell(string script, string[] arguments)
    {
        using Process process = Start("bash", ["-c", script, "bash", Path.Combine(AppContext.BaseDirectory, "juxta.dll"), .. arguments]);
        string error = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)));
        return (process.ExitCode, error);
    }

    static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        // The runtime keeps code in a file in memory, which the limit of file sizes would meet too.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return Process.Start(start)!;
    }

    [Theory]
    [InlineData("serve", "--offline")]
    [InlineData("generate", "--ids", "1")]
    public void A_model_of_the_hub_that_is_not_here_teaches_how_to_bring_it(params string[] command)
    {
        Juxta.Result result = Juxta.RunIn(_models, [.. command, "--model", StandInHub.Repository]);
        Assert.Equal(2, result.Code);
        Assert.Contains("juxta pull acme/tiny", Assert.Single(result.Error.TrimEnd().Split('\n')));
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public void A_model_that_was_pulled_is_opened_by_its_id()
    {
        TinyModel.Write(Path.Combine(_models, "juxta", "models", "acme--tiny"));
        Juxta.Result result = Juxta.RunIn(_models, "inspect", "--model", "acme/tiny", "--json");
        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("acme--tiny", result.Out);
    }
}
