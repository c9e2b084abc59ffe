using System.Diagnostics;
using Juxta.Tests;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>The page as the built command serves it.</summary>
public sealed class CommandTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task The_command_serves_the_page_with_all_its_files()
    {
        string data = Directory.CreateTempSubdirectory("juxta-serve-").FullName;
        string[] arguments = ["serve", "--model", Fixtures.Require("models", Site.Model), "--urls", "http://127.0.0.1:0", "--data", data, "--threads", "1"];
        using Process server = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "juxta.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = data,
        })!;
        try
        {
            await using IBrowserContext profile = await chromium.ProfileAsync(await AddressAsync(server));
            var missing = new List<string>();
            profile.Response += (_, response) =>
            {
                if (!response.Ok) missing.Add($"{response.Status} {response.Url}");
            };
            ChatScreen screen = await ChatScreen.OpenAsync(profile);
            await screen.SetAsync("Max tokens", "5");
            await screen.SayAsync("Hello");
            await screen.AnswerAsync(1);
            Assert.Empty(missing);
            Assert.Empty(screen.Complaints);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>The address that the command prints.</summary>
    static async Task<Uri> AddressAsync(Process server)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await server.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            int start = line.IndexOf("http://", StringComparison.Ordinal);
            if (start >= 0) return new Uri(line[start..].Split(' ', ',')[0]);
        }
        throw new InvalidOperationException("the command ended without printing an address");
    }
}
