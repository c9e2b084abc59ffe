using Juxta.Engine.Generation;
using Juxta.Tests;
using Juxta.Workbench.Chat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>How the text of an answer is drawn, and that no text does anything.</summary>
public sealed class AnswerTests(Chromium chromium) : IClassFixture<Chromium>
{
    const string Rich = """
        ## What the rank decides

        A LoRA adapter writes the change of a weight as a product of two thin matrices, $\Delta W = \frac{\alpha}{r} B A$, with $B \in \mathbb{R}^{d \times r}$ and \(A \in \mathbb{R}^{r \times k}\). The loss on an answer of $T$ tokens is

        $$
        \mathcal{L} = -\frac{1}{T} \sum_{t=1}^{T} \log p_\theta\!\left(x_t \mid x_{<t}\right), \qquad \hat{H} = \sqrt{\frac{\int_0^1 f(s)^2\,ds}{1 + e^{-\beta}}}
        $$

        1. **Small rank**: few numbers, little memory.
        2. *Large rank*: more of both; see `r` below.

        ```python
        @dataclass
        class Adapter:
            '''Two thin matrices.'''
            rank: int = 16
            alpha: float = 32.0

            def merge(self, weight, a, b):
                # Scaled as the paper says.
                return weight + (self.alpha / self.rank) * (b @ a)  # (d, k)
        ```

        | rank | trainable | perplexity |
        |-----:|:---------:|:-----------|
        | 4 | 0.05 % | 8.91 |
        | 16 | 0.21 % | 8.64 |

        > The figures are of one run; repeat it before you believe them.

        ```json
        { "r": 16, "lora_alpha": 32, "target_modules": ["q_proj", "v_proj"], "bias": null }
        ```
        """;

    [Theory]
    [InlineData("answer-wide-light", 1360, 1200, ColorScheme.Light)]
    [InlineData("answer-wide-dark", 1360, 1200, ColorScheme.Dark)]
    [InlineData("answer-narrow-light", 360, 1400, ColorScheme.Light)]
    [InlineData("answer-narrow-dark", 360, 1400, ColorScheme.Dark)]
    public async Task Code_has_colours_and_formulas_are_set(string name, int width, int height, ColorScheme scheme)
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address, width, height, scheme);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, await HoldAsync(site, "Ranks", (Roles.User, "What does the rank of an adapter decide?"), (Roles.Assistant, Rich)));
        IPage page = screen.Page;
        Assert.SkipWhen(await page.Locator("script[data-katex]").CountAsync() == 0, "this build has no KaTeX: npm was absent when it was made");
        await page.EvaluateAsync("document.querySelector('.messages').scrollTop = 0");
        await Assertions.Expect(page.Locator(".katex")).ToHaveCountAsync(5);
        await Assertions.Expect(page.Locator("code.language-python .hljs-keyword").First).ToBeAttachedAsync();
        await Assertions.Expect(page.Locator("table td").First).ToHaveTextAsync("4");
        // The fonts of the formulas are the server's own.
        Assert.True(await page.EvaluateAsync<bool>("document.fonts.ready.then(() => [...document.fonts].some(font => font.family === 'KaTeX_Main' && font.status === 'loaded'))"));
        await screen.PictureAsync(name);
        await LookTests.AssertReadableAsync(screen, name);
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task The_button_of_a_code_block_copies_its_code()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        await profile.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, await HoldAsync(site, "Code", (Roles.Assistant, "Look:\n\n```python\nif a < 1:\n    b()\n```\n\n```\nother\n```")));
        await screen.Page.Locator("[data-copy-code]").First.ClickAsync();
        await Assertions.Expect(screen.Page.Locator("[data-copy-code]").First).ToHaveTextAsync("Copied");
        Assert.Equal("if a < 1:\n    b()\n", await screen.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task A_thought_is_folded_and_opens_while_it_is_written_for_who_wants_it()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        Conversations conversations = site.Services.GetRequiredService<Conversations>();
        Conversation made = await conversations.CreateAsync(new ConversationSettings
        {
            Model = Site.LongModel, Template = "{{ messages[-1].content }}<think>\n", Stop = new StopOptions { IgnoreEos = true },
        });
        ChatScreen screen = await ChatScreen.OpenAsync(profile, $"/c/{made.Id}");
        await screen.SayAsync("Once upon a time");
        ILocator thought = screen.Page.Locator("details.thinking");
        await Assertions.Expect(thought.Locator("summary")).ToContainTextAsync("Thinking: ");
        await Assertions.Expect(thought.Locator(".thought")).Not.ToBeVisibleAsync();
        await thought.Locator("summary").ClickAsync();
        await Assertions.Expect(thought.Locator(".thought")).ToBeVisibleAsync();
        await screen.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(thought.Locator("summary")).ToContainTextAsync("Thought for ");
        // Whoever opened it by hand keeps it open; the next one opens by itself and folds when it is over.
        await Assertions.Expect(thought.Locator(".thought")).ToBeVisibleAsync();
        await Assertions.Expect(screen.Page.Locator("[data-copy]").Last).ToHaveAttributeAsync("data-copy", "");
        await screen.SayAsync("And then");
        await Assertions.Expect(thought.Nth(1).Locator(".thought")).ToBeVisibleAsync();
        await screen.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(thought.Nth(1).Locator("summary")).ToContainTextAsync("Thought for ");
        await Assertions.Expect(thought.Nth(1).Locator(".thought")).Not.ToBeVisibleAsync();
        Assert.Empty(screen.Complaints);
    }

    [Theory]
    [InlineData("tokens-wide-light", 1360, 860, ColorScheme.Light)]
    [InlineData("tokens-wide-dark", 1360, 860, ColorScheme.Dark)]
    [InlineData("tokens-narrow-light", 360, 860, ColorScheme.Light)]
    public async Task A_token_shows_how_likely_it_was_and_what_else_could_have_come(string name, int width, int height, ColorScheme scheme)
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address, width, height, scheme);
        Conversations conversations = site.Services.GetRequiredService<Conversations>();
        Conversation made = await conversations.CreateAsync(new ConversationSettings { Model = Site.Model, MaxTokens = 60, Seed = 3, LogProbs = 5 });
        ChatScreen screen = await ChatScreen.OpenAsync(profile, $"/c/{made.Id}");
        await screen.SayAsync("Once upon a time there was a ball");
        string answer = await screen.AnswerAsync(1);
        ILocator toggle = screen.Page.GetByRole(AriaRole.Button, new() { Name = "Tokens", Exact = true });
        await toggle.ClickAsync();
        ILocator tokens = screen.Page.Locator(".answer-tokens [data-token]");
        await Assertions.Expect(tokens).ToHaveCountAsync(60);
        Assert.Equal(Letters(answer), Letters(string.Concat(await tokens.AllInnerTextsAsync())));
        await tokens.Nth(7).ClickAsync();
        ILocator details = screen.Page.Locator(".token-details");
        await Assertions.Expect(details.Locator("tbody tr")).ToHaveCountAsync(5);
        await Assertions.Expect(details).ToContainTextAsync("probability");
        string first = await details.InnerTextAsync();
        await screen.PictureAsync(name);
        await LookTests.AssertReadableAsync(screen, name);
        await screen.Page.Locator(".answer-tokens").FocusAsync();
        await screen.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(details).Not.ToHaveTextAsync(first);
        await Assertions.Expect(tokens.Nth(8)).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("picked"));
        await screen.Page.GetByLabel("Colour by probability").UncheckAsync();
        await Assertions.Expect(screen.Page.Locator(".answer-tokens.coloured")).ToHaveCountAsync(0);
        await toggle.ClickAsync();
        Assert.Equal(answer, await screen.AnswerAsync(1));
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task No_text_of_anybody_executes_loads_or_hides_anything()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        var elsewhere = new List<string>();
        profile.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != site.Address.Authority && !request.Url.StartsWith("data:", StringComparison.Ordinal)) elsewhere.Add(request.Url);
        };
        var dialogs = new List<string>();
        profile.Dialog += async (_, dialog) =>
        {
            dialogs.Add(dialog.Message);
            await dialog.DismissAsync();
        };

        foreach (string[] corpus in new[] { Injections.Markup, Injections.Formulas, Injections.Hidden, Injections.Nested }.SelectMany(all => all.Chunk(25)))
        {
            string title = string.Concat(corpus.MinBy(text => text.Length)!.Take(200));
            string path = await HoldAsync(site, title, [.. corpus.SelectMany(text => new[] { (Roles.User, text), (Roles.Assistant, text) })]);
            ChatScreen screen = await ChatScreen.OpenAsync(profile, path);
            // Everything comes into view once: formulas and code are set then.
            await screen.Page.EvaluateAsync("""
                async () => {
                  const messages = document.querySelector(".messages");
                  for (let top = 0; top < messages.scrollHeight; top += 500) {
                    messages.scrollTop = top;
                    await new Promise(resume => setTimeout(resume, 20));
                  }
                }
                """);
            Assert.NotEqual(0, await screen.Page.Locator(".message").CountAsync());
            Assert.False(await screen.Page.EvaluateAsync<bool>("'__hit' in window"));
            Assert.Empty(dialogs);
            Assert.Empty(elsewhere);
            Assert.Empty(screen.Complaints);
            Assert.Empty(await screen.Page.EvaluateAsync<string[]>("""
                () => [...document.querySelectorAll(".messages *")].filter(element =>
                  element.matches("script, iframe, object, embed, form, link, meta, base, style, img, video, audio, template")
                  || [...element.attributes].some(attribute => /^on/i.test(attribute.name))
                  || element.matches("a[href]") && !/^(https?|mailto):/.test(element.getAttribute("href"))
                  || element.matches(".markdown [data-copy], .bubble *")).map(element => element.outerHTML.slice(0, 200))
                """));
            // What hides is written out, wherever the text stands. KaTeX itself puts zero-width spaces into formulas.
            string shown = await screen.Page.EvaluateAsync<string>("document.querySelectorAll('.katex').forEach(formula => formula.remove()), document.querySelector('.messages').innerText + document.querySelector('nav').innerText + document.querySelector('h1').innerText + document.title");
            Assert.DoesNotMatch("[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u200b\\u202a-\\u202e\\u2066-\\u2069\\ufeff]", shown);
            await screen.Page.CloseAsync();
        }
    }

    static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit));

    /// <summary>A conversation of these turns; its address.</summary>
    internal static async Task<string> HoldAsync(Site site, string title, params (string Role, string Text)[] turns)
    {
        Conversations conversations = site.Services.GetRequiredService<Conversations>();
        Conversation made = await conversations.CreateAsync(new ConversationSettings(), title);
        foreach ((string role, string text) in turns) await conversations.AddAsync(made.Id, role, text);
        return $"/c/{made.Id}";
    }
}
