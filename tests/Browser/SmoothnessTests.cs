using System.Globalization;
using Juxta.Engine.Generation;
using Juxta.Tests;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Compare;
using Juxta.Workbench.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>
/// A measurement (docs/smoothness.md): how even the page's pictures come while an answer of 20,000 tokens streams, in a conversation of 300 turns, and beside six live answers.
/// The figures depend on the machine, so nothing is asserted of them but that the page lives. They go to artifacts/smoothness.txt.
/// </summary>
public sealed class SmoothnessTests(Chromium chromium) : IClassFixture<Chromium>
{
    const string Record = """
        () => {
          const frames = window.__frames = [];
          let last = performance.now();
          const frame = now => { frames.push(now - last); last = now; requestAnimationFrame(frame); };
          requestAnimationFrame(frame);
        }
        """;

    const string Rich = """
        ## Section {0}

        A paragraph of *ordinary* length with some **bold** words, `code` and a [link](https://example.org/{0}), as answers have them; it goes on for a few lines so that the page
        has something to break, and it ends here with $x_{0} = \frac{a}{b}$.

        - one item
        - another item with `code`

        ```python
        def section_{0}(value: int) -> int:
            # A comment.
            return value + {0}
        ```

        | name | value |
        |---|--:|
        | row | {0} |


        """;

    [Fact]
    public async Task An_answer_of_20_000_tokens_streams()
    {
        SkipUnlessAsked();
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.Page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(Site.LongModel);
        await screen.Page.GetByLabel("Ignore the model's own end of sequence").CheckAsync();
        await screen.SetAsync("Max tokens", "20000");
        await screen.Page.EvaluateAsync(Record);
        await screen.SayAsync("Once upon a time");
        await screen.Outcomes.First.WaitForAsync(new() { Timeout = 300_000 });
        string cost = await screen.Page.Locator(".cost").InnerTextAsync();
        await ReportAsync(screen.Page, $"answer of {cost}, while it streams");
        Assert.Empty(screen.Complaints);

        // Typing below it, and scrolling through it.
        await RestartAsync(screen.Page);
        await screen.Input.PressSequentiallyAsync("A person types below a long answer.", new() { Delay = 30 });
        await ReportAsync(screen.Page, "typing below it");
        await ScrollAsync(screen.Page);
        await ReportAsync(screen.Page, "scrolling through it");
    }

    [Fact]
    public async Task A_conversation_of_300_turns_opens_and_scrolls()
    {
        SkipUnlessAsked();
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        (string, string)[] turns = [.. Enumerable.Range(1, 150).SelectMany(turn => new[]
        {
            (Roles.User, string.Create(CultureInfo.InvariantCulture, $"Question {turn}: what about this?")),
            (Roles.Assistant, string.Concat(Enumerable.Range(0, 4).Select(part => Rich.Replace("{0}", (10 * turn + part).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)))),
        })];
        string path = await AnswerTests.HoldAsync(site, "Three hundred turns", turns);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.Page.EvaluateAsync(Record);
        await screen.Page.EvaluateAsync("path => document.querySelector(`a[href='${path}']`).click()", path[1..]);
        await Assertions.Expect(screen.Page.Locator(".message")).ToHaveCountAsync(300);
        await ReportAsync(screen.Page, "conversation of 300 turns, opening");
        await ScrollAsync(screen.Page);
        await ReportAsync(screen.Page, "scrolling through it");
        await screen.Page.EvaluateAsync("document.querySelector('.messages').scrollTop = 1e9");
        await RestartAsync(screen.Page);
        await screen.Input.PressSequentiallyAsync("A person types below a long conversation.", new() { Delay = 30 });
        await ReportAsync(screen.Page, "typing below it");
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task Six_answers_stream_side_by_side()
    {
        SkipUnlessAsked();
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        var settings = new ConversationSettings { MaxTokens = 20_000, Seed = 1, Stop = new StopOptions { IgnoreEos = true } };
        Guid id = await site.Services.GetRequiredService<Comparisons>().StartAsync("Once upon a time", settings, [.. Enumerable.Repeat(new ModelChoice(Site.LongModel, []), 6)]);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, $"/compare/{id}");
        await screen.Page.EvaluateAsync(Record);
        await screen.Page.WaitForFunctionAsync("() => parseInt(document.querySelector('.cost')?.innerText) > 3000", null, new() { Timeout = 300_000 });
        await RestartAsync(screen.Page);
        await screen.Page.WaitForTimeoutAsync(10_000);
        string cost = await screen.Page.Locator(".cost").First.InnerTextAsync();
        await ReportAsync(screen.Page, $"six columns, each {cost}, while they stream");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await screen.Page.GetByLabel("Plain", new() { Exact = true }).CheckAsync();
        await screen.Page.Locator(".contestant .verbatim").First.WaitForAsync();
        await NoteAsync(string.Create(CultureInfo.InvariantCulture, $"six columns, a click is answered after {watch.ElapsedMilliseconds} ms"));
        Assert.Empty(screen.Complaints);
    }

    static void SkipUnlessAsked() =>
        Assert.SkipUnless(Environment.GetEnvironmentVariable("JUXTA_SMOOTHNESS") == "1", "a measurement of minutes; JUXTA_SMOOTHNESS=1 runs it");

    static async Task RestartAsync(IPage page) => await page.EvaluateAsync("window.__frames.length = 0");

    static async Task ScrollAsync(IPage page)
    {
        await RestartAsync(page);
        await page.EvaluateAsync("""
            async () => {
              const messages = document.querySelector(".messages");
              for (let step = 0; step < 120; step++) {
                messages.scrollTop -= Math.max(400, messages.scrollHeight / 120);
                await new Promise(requestAnimationFrame);
              }
            }
            """);
    }

    static async Task ReportAsync(IPage page, string what)
    {
        double[] frames = [.. (await page.EvaluateAsync<double[]>("window.__frames")).Order()];
        Assert.NotEmpty(frames);
        await NoteAsync(string.Create(CultureInfo.InvariantCulture,
            $"{what}: {frames.Length} frames, median {frames[frames.Length / 2]:0.0} ms, p95 {frames[(int)(frames.Length * 0.95)]:0.0} ms, longest {frames[^1]:0} ms"));
    }

    static async Task NoteAsync(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        Directory.CreateDirectory(Path.Combine(Fixtures.Repository, "artifacts"));
        await File.AppendAllTextAsync(Path.Combine(Fixtures.Repository, "artifacts", "smoothness.txt"), line + "\n");
    }
}
