using System.Diagnostics;
using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary><c>juxta models</c>, and the commands that ask such models, against another Juxta in a process of its own.</summary>
public sealed class ModelsCommandTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-models").FullName;
    Process? _server;
    string _url = "";

    string Data => Path.Combine(_folder, "data");

    public async ValueTask InitializeAsync()
    {
        RecitingModel.Write(Path.Combine(_folder, "poet"), "It rains.", "It is over.");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "juxta.dll"), "serve", "--urls", "http://127.0.0.1:0", "--data", Path.Combine(_folder, "there"), "--model", Path.Combine(_folder, "poet"), "--threads", "1"])
        {
            RedirectStandardOutput = true, WorkingDirectory = _folder,
        };
        start.Environment["JUXTA_API_KEY"] = "s3cret";
        _server = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string? line;
        while ((line = await _server.StandardOutput.ReadLineAsync(patience.Token)) is not null && !line.Contains("is ready", StringComparison.Ordinal)) { }
        _url = line!.Split(' ').First(word => word.StartsWith("http://", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        _server!.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    string[] Here(params string[] arguments) => [.. arguments, "--data", Data];

    [Fact]
    public void A_model_is_added_asked_evaluated_and_removed()
    {
        string[] add = Here("models", "add", "--endpoint", _url);
        Juxta.Refuses(add, "answered 401", "none was sent");
        Juxta.Refuses([.. add, "--key-stdin"], "stdin is empty");
        Juxta.Result added = Juxta.RunWith("s3cret\n", [.. add, "--key-stdin", "--name", "far", "--json"]);
        Assert.True(added.Code == 0, added.Error);
        Assert.Equal(("far", "poet", true), (added.Json.GetProperty("id").GetString(), added.Json.GetProperty("endpoint_model").GetString(), added.Json.GetProperty("keeps_key").GetBoolean()));
        Juxta.Result list = Juxta.Run(Here("models", "list"));
        Assert.Equal($"far: poet of {_url.TrimEnd('/')}/v1, with a key kept here\n", list.Out);

        Juxta.Result chat = Juxta.RunWith("Hello\nstop\n", Here("chat", "--remote", "far"));
        Assert.True(chat.Code == 0, chat.Error);
        Assert.Equal("It rains.\n", chat.Out);
        Assert.Contains("[ended: eos:", chat.Error);
        JsonElement line = Juxta.RunWith("Hello\n", Here("chat", "--remote", "far", "--json")).Json;
        Assert.Equal("It rains.", line.GetProperty("text").GetString());
        Assert.True(line.GetProperty("completion_tokens").GetInt32() > 1);

        string set = Path.Combine(Fixtures.Repository, "evalsets", "stop-behaviour"), runs = Path.Combine(_folder, "runs");
        Juxta.Result run = Juxta.Run(Here("eval", "run", "--remote", "far", "--set", set, "--out", runs, "--json"));
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(("far", "eos"), (run.Lines[0].GetProperty("model").GetString(), Assert.Single(run.Lines[0].GetProperty("outcomes").EnumerateObject()).Name));
        JsonElement model = JsonDocument.Parse(File.ReadAllText(Path.Combine(runs, "far", "stop-behaviour", "manifest.json"))).RootElement.GetProperty("model");
        Assert.Equal((false, "poet"), (model.TryGetProperty("weights", out JsonElement weights) && weights.ValueKind != JsonValueKind.Null, model.GetProperty("endpoint_model").GetString()));

        Juxta.Result replay = Juxta.Run(Here("eval", "replay", Path.Combine(runs, "far", "stop-behaviour")));
        Assert.Equal((0, "same: 120 answers\n"), (replay.Code, replay.Out));

        Assert.Equal(0, Juxta.Run(Here("models", "remove", "far")).Code);
        Juxta.Refuses(Here("models", "remove", "far"), "no model of another server is called far");
        Juxta.Refuses(Here("chat", "--remote", "far"), "add one with juxta models add");
        foreach (string said in (string[])[added.Out, added.Error, list.Out, list.Error, chat.Error, run.Error]) Assert.DoesNotContain("s3cret", said);
    }

    [Fact]
    public void What_cannot_be_added_or_asked_is_refused()
    {
        Juxta.Refuses(Here("models", "add", "--endpoint", "http://127.0.0.1:9"), "cannot be asked", "is the server running there?");
        Juxta.Refuses(Here("models", "add", "--endpoint", "nowhere"), "'nowhere' is no address of an API");
        Juxta.Refuses(Here("models", "add", "--endpoint", _url, "--no-check"), "--no-check needs --endpoint-model NAME");
        Juxta.Refuses(Here("models", "add", "--endpoint", _url, "--no-check", "--endpoint-model", "m", "--key-variable", "HOME"), "ends in _API_KEY or begins with JUXTA_");
        Juxta.Result wrong = Juxta.RunWith("s3cret\n", Here("models", "add", "--endpoint", _url, "--endpoint-model", "painter", "--key-stdin"));
        Assert.Equal(2, wrong.Code);
        Assert.Contains("offers poet and not painter; --no-check adds it all the same", wrong.Error);
        Juxta.Refuses(["chat"], "there is no model to chat with; give --model DIR, or --remote NAME");
    }
}
