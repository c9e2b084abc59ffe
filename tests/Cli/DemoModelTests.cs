using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary>The model that comes with Juxta: small, sound, and able to hold a short conversation and stop.</summary>
public sealed class DemoModelTests
{
    static readonly string Demo = Path.Combine(Fixtures.Repository, "models", "demo");

    /// <summary>Answers, none of which ran into a limit.</summary>
    static string[] Answers(params string[] questions)
    {
        Juxta.Result result = Juxta.RunWith(string.Join('\n', questions) + "\n", "chat", "--model", Demo, "--json", "--temperature", "0", "--max-tokens", "200", "--threads", "1");
        Assert.True(result.Code == 0, result.Error);
        Assert.All(result.Lines, line => Assert.StartsWith("eos", line.GetProperty("outcome").GetString()));
        return [.. result.Lines.Select(line => line.GetProperty("text").GetString()!)];
    }

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
        Assert.True(Directory.GetFiles(Demo).Sum(file => new FileInfo(file).Length) <= 12_000_000);
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
