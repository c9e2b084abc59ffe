using System.Text.Json;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>Finding conversations, carrying them in and out, and presets.</summary>
public sealed class FilesTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Search_marks_the_hit_and_leads_to_its_turn()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        IPage page = screen.Page;
        string turns = string.Join(",", Enumerable.Range(0, 60).Select(i => $$"""{"role": "{{(i % 2 == 0 ? "user" : "assistant")}}", "content": "turn {{i}} {{(i == 21 ? "a needle lies here" : "hay")}}"}"""));
        await ChooseAsync(page, "import-files", "long.jsonl", $$"""{"messages": [{{turns}}]}""");
        await screen.InConversationAsync();
        await Assertions.Expect(page.GetByText("turn 59 hay")).ToBeInViewportAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New conversation" }).ClickAsync();

        await page.Locator("body").PressAsync("/");
        ILocator search = page.GetByRole(AriaRole.Searchbox, new() { Name = "Search conversations" });
        await Assertions.Expect(search).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("NEEDLE");
        await Assertions.Expect(page.Locator(".hits mark")).ToHaveTextAsync("needle");
        await screen.PictureAsync("chat-search");
        await page.Locator(".hits a").ClickAsync();
        ILocator found = page.Locator(".message.sought");
        await Assertions.Expect(found).ToContainTextAsync("turn 21");
        await Assertions.Expect(found).ToBeInViewportAsync();
        await Assertions.Expect(found).ToBeFocusedAsync();
        await screen.PictureAsync("chat-sought");
        await search.FocusAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator(".hits")).ToHaveCountAsync(0);
        await Assertions.Expect(search).ToHaveValueAsync("");
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task Conversations_are_exported_imported_by_choice_and_dropped_and_a_bad_line_is_named()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        IPage page = screen.Page;
        await ChooseAsync(page, "import-files", "one.json", """[{"instruction": "What is red?", "output": "A ball."}]""");
        await screen.InConversationAsync();
        await Assertions.Expect(page.GetByText("A ball.")).ToBeVisibleAsync();
        await ChooseAsync(page, "import-files", "bad.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}\n{\"messages\": 3}\n");
        await Assertions.Expect(page.Locator(".imports .failed")).ToContainTextAsync("bad.jsonl line 2: messages is 3");

        // Dropped anywhere on the page.
        await page.EvaluateAsync("""
            () => {
              const files = new DataTransfer();
              files.items.add(new File(['{"conversations": [{"from": "human", "value": "Dropped here"}, {"from": "gpt", "value": "Caught."}]}'], "drop.json"));
              const target = document.querySelector(".messages");
              target.dispatchEvent(new DragEvent("dragover", { bubbles: true, cancelable: true, dataTransfer: files }));
              target.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: files }));
            }
            """);
        await Assertions.Expect(page.GetByText("Caught.")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Export", Exact = true }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Export conversations" });
        await Assertions.Expect(dialog).ToContainTextAsync("Dropped-here.json");
        await dialog.GetByLabel("Messages JSONL (OpenAI, TRL)").CheckAsync();
        await dialog.GetByLabel("All conversations").CheckAsync();
        await Assertions.Expect(dialog).ToContainTextAsync("conversations.jsonl");
        await screen.PictureAsync("chat-export");
        IDownload download = await page.RunAndWaitForDownloadAsync(() => dialog.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync());
        Assert.Equal("conversations.jsonl", download.SuggestedFilename);
        string[] lines = await File.ReadAllLinesAsync((await download.PathAsync())!, TestContext.Current.CancellationToken);
        Assert.Equal(["Dropped here", "What is red?"], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("messages")[0].GetProperty("content").GetString()).Order());
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(dialog).ToBeHiddenAsync();
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task A_preset_is_saved_changed_chosen_again_shared_and_deleted()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        IPage page = screen.Page;
        ILocator preset = page.GetByLabel("Preset", new() { Exact = true });
        await screen.AnswerTheSameAlwaysAsync(maxTokens: 12);
        await page.Locator(".presets summary").ClickAsync();
        await page.GetByLabel("Name of a new preset").FillAsync("Short");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(preset).ToHaveValueAsync("Short");
        await screen.SetAsync("Max tokens", "99");
        await page.GetByText("Changed since").WaitForAsync();
        await screen.PictureAsync("chat-preset");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo it" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Max tokens", new() { Exact = true })).ToHaveValueAsync("12");

        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.Locator(".presets").GetByRole(AriaRole.Link, new() { Name = "JSON" }).ClickAsync());
        Assert.Equal("Short.json", download.SuggestedFilename);
        string json = await File.ReadAllTextAsync((await download.PathAsync())!, TestContext.Current.CancellationToken);
        await page.GetByLabel("JSON of presets").FillAsync(json.Replace("Short", "Shared", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Button, new() { Name = "Take over" }).ClickAsync();
        await page.GetByText("Taken over: Shared.").WaitForAsync();
        await ChooseAsync(page, "preset-file", "p.json", """{"name": "Wild", "temperature": 2}""");
        await page.GetByText("Taken over: Wild.").WaitForAsync();
        await preset.SelectOptionAsync("Wild");
        await Assertions.Expect(page.GetByLabel("Temperature", new() { Exact = true })).ToHaveValueAsync("2");
        await page.GetByLabel("Another name for Wild").FillAsync("Calm");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(preset).ToHaveValueAsync("Calm");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete Calm" }).ClickAsync();
        await Assertions.Expect(preset.Locator("option")).ToHaveTextAsync(["None", "Shared", "Short"]);
        Assert.Empty(screen.Complaints);
    }

    static Task ChooseAsync(IPage page, string field, string name, string text) =>
        page.Locator("#" + field).SetInputFilesAsync(new FilePayload { Name = name, MimeType = "application/json", Buffer = System.Text.Encoding.UTF8.GetBytes(text) });
}
