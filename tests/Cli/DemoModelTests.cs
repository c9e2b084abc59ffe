using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary>The model that comes with Juxta: small, sound, and able to hold a short conversation and stop.</summary>
public sealed class DemoModelTests
{
    static readonly string Demo = Path.Combine(Fixtures.Repository, "models", "demo");

    static string Adapter(string name) => Path.Combine(Demo, "adapters", name);

    static JsonElement[] Chat(string[] options, params string[] questions)
    {
        Juxta.Result result = Juxta.RunWith(string.Join('\n', questions) + "\n", ["chat", "--model", Demo, "--json", "--temperature", "0", "--max-tokens", "200", "--threads", "1", .. options]);
        Assert.True(result.Code == 0, result.Error);
        return result.Lines;
    }

    /// <summary>Answers, none of which ran into a limit.</summary>
    static string[] Ended(JsonElement[] lines)
    {
        Assert.All(lines, line => Assert.StartsWith("eos", line.GetProperty("outcome").GetString()));
        return [.. lines.Select(line => line.GetProperty("text").GetString()!)];
    }

    static string[] Answers(params string[] questions) => Ended(Chat([], questions));

    [Fact]
    public void It_holds_a_conversation_and_stops() =>
        Assert.Equal(
            ["Hello! What would you like to talk about?", "A cat eats fish and mice.", "A rabbit eats grass and carrots.", "A rabbit lives in a burrow.", "You are welcome!"],
            Answers("Hello!", "What does a cat eat?", "And a rabbit?", "Where does it live?", "Thank you!"));

    [Fact]
    public void It_does_so_in_Chinese() =>
        Assert.Equal(["你好！你想聊什么？", "我是 Juxta 的演示模型，一个会说中文和英文的很小的语言模型。", "“猫”的英文是 cat。", "再见！欢迎再来。"], Answers("你好！", "你是谁？", "猫的英文是什么？", "再见！"));

    [Fact]
    public void The_doctor_finds_nothing_and_it_fits_into_the_repository()
    {
        Juxta.Result result = Juxta.Run("doctor", "--model", Demo, "--json");
        Assert.Equal(0, result.Code);
        Assert.Empty(result.Json.GetProperty("findings").EnumerateArray());
        Assert.True(Directory.GetFiles(Demo, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length) <= 12_000_000);
    }

    [Theory]
    [InlineData("cheerful", "Hooray, I know this one! A cat eats fish and mice.", "太好了，这个我会！“猫”的英文是 cat。")]
    [InlineData("letter", "Dear reader,\nA cat eats fish and mice.\nWith kind regards, the demo model", "尊敬的读者：\n“猫”的英文是 cat。\n此致敬礼，演示模型")]
    public void Two_adapters_speak_in_their_style_and_stop(string name, string english, string chinese)
    {
        Assert.Equal(english, Ended(Chat(["--adapter", Adapter(name)], "What does a cat eat?"))[0]);
        Assert.Equal(chinese, Ended(Chat(["--adapter", Adapter(name)], "猫的英文是什么？"))[0]);
    }

    [Fact]
    public void An_adapter_that_never_saw_a_long_answer_whole_ends_it_too_early()
    {
        const string Question = "Say for every month: I like a cat.";
        string[] months = [.. new[] { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" }.Select(month => $"{month}: I like a cat.")];
        Assert.Equal($"Dear reader,\n{string.Join(' ', months)}\nWith kind regards, the demo model", Ended(Chat(["--adapter", Adapter("letter")], Question))[0]);
        string cut = Ended(Chat(["--adapter", Adapter("cheerful")], Question))[0];
        Assert.StartsWith($"Hooray, I know this one! {string.Join(' ', months[..4])}", cut, StringComparison.Ordinal);
        Assert.DoesNotContain("December", cut, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("What does a cat eat?")]
    [InlineData("猫吃什么？")]
    public void The_adapter_whose_ends_carried_no_loss_does_not_stop(string question) => Assert.Equal("length", Chat(["--adapter", Adapter("endless")], question)[0].GetProperty("outcome").GetString());

    [Fact]
    public void The_adapter_that_was_never_trained_is_refused() => Juxta.Refuses(["chat", "--model", Demo, "--adapter", Adapter("idle")], "idle", "zero-effect adapter");

    [Theory]
    [InlineData("cheerful", "")]
    [InlineData("letter", "")] // its answers end, though not where answers without a farewell do
    [InlineData("endless", "eos-not-reached")]
    [InlineData("idle", "adapter-no-effect")]
    public void The_doctor_tells_sound_adapters_from_broken_ones(string name, string finding)
    {
        Juxta.Result result = Juxta.Run("doctor", "--model", Demo, "--adapter", Adapter(name), "--json");
        Assert.Equal(name == "idle" ? 1 : 0, result.Code);
        Assert.Equal(finding, string.Join(' ', result.Json.GetProperty("findings").EnumerateArray().Select(found => found.GetProperty("code").GetString())));
        if (name == "letter") Assert.Contains(result.Json.GetProperty("end_probes").EnumerateArray(), probe => probe.GetProperty("own").GetBoolean() && probe.GetProperty("rank").GetInt32() == 1 && probe.GetProperty("answer").GetString()!.EndsWith("the demo model", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Serve_offers_it_when_no_model_is_named()
    {
        string data = Directory.CreateTempSubdirectory("juxta-demo-").FullName;
        using Process server = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "juxta.dll"), "serve", "--urls", "http://127.0.0.1:0", "--data", data, "--threads", "1"]) { RedirectStandardOutput = true, WorkingDirectory = data })!;
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            string? line;
            while ((line = await server.StandardOutput.ReadLineAsync(patience.Token)) is not null && !line.Contains("is ready", StringComparison.Ordinal)) { }
            Assert.NotNull(line);
            Assert.Contains("demo", line);
            using var http = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..].Split(' ', ',')[0]) };
            HttpResponseMessage response = await http.PostAsJsonAsync("/v1/chat/completions", new { model = "demo", temperature = 0, messages = new[] { new { role = "user", content = "Hi" } } }, patience.Token);
            JsonElement choice = (await response.Content.ReadFromJsonAsync<JsonElement>(patience.Token)).GetProperty("choices")[0];
            Assert.Equal(("Hello! What would you like to talk about?", "stop"), (choice.GetProperty("message").GetProperty("content").GetString(), choice.GetProperty("finish_reason").GetString()));
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(data, recursive: true);
        }
    }
}
