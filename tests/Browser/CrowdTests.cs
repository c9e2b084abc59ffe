using System.Globalization;
using Juxta.Engine.Generation;
using Juxta.Tests;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>Many people at once, each with a page and a circuit of their own.</summary>
public sealed class CrowdTests(Chromium chromium, ITestOutputHelper output) : IClassFixture<Chromium>
{
    /// <summary>A dozen in the suite; JUXTA_ENDURANCE=1 lets fifty in.</summary>
    static readonly int People = Endurance.Asked ? 50 : 12;

    const int Tokens = 300;

    /// <summary>Notes when the answer on the page grew.</summary>
    const string Watch = """
        window.grown = [];
        let length = 0;
        new MutationObserver(() => {
          const text = document.querySelector('.message.live .markdown')?.textContent ?? '';
          if (text.length > length) { length = text.length; window.grown.push(performance.now()); }
        }).observe(document, { childList: true, subtree: true, characterData: true });
        """;

    [Fact]
    public async Task Many_people_chat_at_once_and_no_token_is_lost()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address, width: 600, height: 500);
        profile.SetDefaultTimeout(120_000);
        await profile.AddInitScriptAsync(Watch);
        var conversations = site.Services.GetRequiredService<Conversations>();
        var generations = site.Services.GetRequiredService<Generations>();
        var talks = new List<Conversation>();
        var screens = new List<ChatScreen>();
        for (int person = 0; person < People; person++)
        {
            talks.Add(await conversations.CreateAsync(new ConversationSettings
            {
                Model = Site.LongModel, Sampling = new SamplingOptions { Temperature = 1 }, Stop = new StopOptions { IgnoreEos = true }, MaxTokens = Tokens, Seed = (ulong)person,
            }));
            screens.Add(await ChatScreen.OpenAsync(profile, $"/c/{talks[person].Id}"));
        }

        await Task.WhenAll(screens.Select((screen, person) => screen.SayAsync($"Tell me story number {person}")));
        await Task.WhenAll(screens.Select(screen => screen.Outcomes.First.WaitForAsync()));

        var gaps = new List<double>();
        for (int person = 0; person < People; person++)
        {
            Message answer = (await conversations.GetAsync(talks[person].Id)).Messages[^1];
            GenerationRecord record = await generations.GetAsync(answer.Answer!.GenerationId);
            Assert.Equal(OutcomeKind.Length, answer.Answer.Outcome!.Kind);
            Assert.Equal(Tokens, record.Steps.Count);
            Assert.Equal(answer.Content, string.Concat(record.Steps.Select(step => step.Token.Text)));
            // What the page holds: a tab behind others need not have drawn it yet, and its inner text is empty until then.
            Assert.Equal(ChatScreen.Letters(answer.Content), ChatScreen.Letters(await screens[person].Answers.First.TextContentAsync() ?? ""));
            Assert.Empty(screens[person].Complaints);
            gaps.AddRange(record.Steps.Zip(record.Steps.Skip(1), (before, after) => (after.At - before.At).TotalMilliseconds));
        }
        double[][] grown = await Task.WhenAll(screens.Select(screen => screen.Page.EvaluateAsync<double[]>("window.grown")));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{People} people, {Tokens} tokens each: gap between tokens median {Median(gaps):0.0} ms, longest {gaps.Max():0} ms; longest wait of a page for more text {grown.SelectMany(times => times.Zip(times.Skip(1), (a, b) => b - a)).DefaultIfEmpty().Max():0} ms"));
    }

    static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
