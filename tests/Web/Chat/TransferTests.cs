using System.Net;
using System.Text;
using Juxta.Web;
using Juxta.Web.Chat.Search;
using Juxta.Web.Chat.Transfer;
using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Chat.Formats;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juxta.WebTests.Chat;

/// <summary>Conversations found, downloaded and brought in, without a browser.</summary>
public sealed class TransferTests : IAsyncDisposable
{
    readonly JuxtaWorkbench _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { Ephemeral = true });

    Conversations Conversations => _workbench.Conversations;

    public ValueTask DisposeAsync() => _workbench.DisposeAsync();

    [Fact]
    public async Task What_was_asked_for_last_is_what_the_search_shows()
    {
        Guid id = await TalkAsync("Der rote Ball", "rollt");
        using var finder = new ConversationFinder(Conversations);
        Task older = finder.FindAsync("ball"), newer = finder.FindAsync("ROLLT");
        await Task.WhenAll(older, newer);
        SearchHit hit = Assert.Single(finder.Hits!);
        Assert.Equal((id, "rollt", "rollt"), (hit.ConversationId, hit.Excerpt, hit.Excerpt.Substring(hit.Start, hit.Length)));
        await finder.FindAsync("nothing of it");
        Assert.Empty(finder.Hits!);
        older = finder.FindAsync("ball");
        await finder.FindAsync("");
        await older;
        Assert.Null(finder.Hits);
        Assert.Null(finder.Failure);
    }

    [Fact]
    public async Task An_export_says_what_the_file_will_be_before_it_is_downloaded()
    {
        var export = new ConversationExport(Conversations);
        await export.OpenAsync(null);
        Assert.Contains("no conversation to export", export.Failure!.Text);
        Guid good = await TalkAsync("Question", "Answer"), half = await TalkAsync("Only a question", null);
        await export.OpenAsync(good);
        Assert.Equal(("Question.json", false), (export.Preview!.Name, export.All));
        Assert.Equal($"export/conversations?format=juxta&id={good}", export.Address);
        ConversationFormat alpaca = ConversationFormats.Find("alpaca");
        await export.ChooseAsync(alpaca);
        await export.ChooseAsync(all: true);
        Assert.Contains("'Only a question' cannot be written as Alpaca", Assert.Single(export.Preview!.LeftOut));
        Assert.Equal("export/conversations?format=alpaca", export.Address);
        await export.OpenAsync(half);
        Assert.Null(export.Preview);
        Assert.Contains("its last question has no answer", export.Failure!.Text);
        await Task.WhenAll(export.ChooseAsync(alpaca), export.ChooseAsync(ConversationFormats.Find("markdown"))); // the newer wins
        Assert.Equal(("Only-a-question.md", null), (export.Preview!.Name, export.Failure));
    }

    [Fact]
    public async Task Files_come_in_whatever_their_format_with_their_progress_and_with_the_line_that_is_wrong()
    {
        var import = new ConversationImport(Conversations);
        var shares = new List<double?>();
        import.Changed += () => shares.Add(import.Files[^1].Share);
        string messages = string.Concat(Enumerable.Range(0, 5000).Select(i => $$"""{"messages": [{"role": "user", "content": "question {{i}}"}, {"role": "assistant", "content": "answer"}]}""" + "\n"));
        Assert.Equal(5000, (await TakeAsync(import, "many.jsonl", messages)).Count);
        Assert.Equal(("many.jsonl", "5000 conversations", null, false), (import.Files[0].Name, import.Files[0].Text, import.Files[0].Share, import.Files[0].Failed));
        Assert.True(shares.Count(share => share is > 0 and < 1) >= 3);
        Assert.Equal(shares.OfType<double>().Order(), shares.OfType<double>());

        Assert.Empty(await TakeAsync(import, "bad.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}\n{\"messages\": [{\"role\": \"nobody\", \"content\": \"a\"}]}\n"));
        Assert.True(import.Files[1].Failed);
        Assert.StartsWith("line 2: messages[0].role is 'nobody'; expected", import.Files[1].Text);
        Assert.Empty(await import.TakeAsync("huge.json", long.MaxValue, () => throw new InvalidOperationException("it must not be opened")));
        Assert.Contains("larger than 256 MiB", import.Files[2].Text);
        import.Forget(import.Files[1]);
        Assert.Equal(["many.jsonl", "huge.json"], import.Files.Select(file => file.Name));
        Assert.Equal(5000, (await Conversations.ListAsync(TestContext.Current.CancellationToken)).Count);
    }

    [Fact]
    public async Task Files_are_downloaded_over_HTTP_and_what_cannot_be_is_told()
    {
        Guid id = await TalkAsync("Question", "Answer");
        await _workbench.Presets.SaveAsync(new Preset { Name = "Très/calme" });
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(_workbench.Models).AddSingleton(_workbench.Generations).AddSingleton(_workbench.Conversations).AddSingleton(_workbench.Comparisons)
            .AddSingleton(_workbench.Presets).AddSingleton(_workbench.Downloads).AddSingleton(_workbench.Runs).AddSingleton(_workbench.VoteExports);
        builder.Services.AddWeb();
        await using WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapWeb();
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await app.StartAsync(cancel);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using HttpResponseMessage one = await http.GetAsync(ExportEndpoints.AddressOf("messages", id), cancel);
        Assert.Equal("Question.jsonl", one.Content.Headers.ContentDisposition!.FileNameStar);
        Assert.Contains("\"Answer\"", await one.Content.ReadAsStringAsync(cancel));
        using HttpResponseMessage all = await http.GetAsync(ExportEndpoints.AddressOf("juxta", null), cancel);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (all.StatusCode, all.Content.Headers.ContentType!.MediaType));
        using HttpResponseMessage preset = await http.GetAsync(ExportEndpoints.AddressOfPreset("Très/calme"), cancel);
        Assert.Equal("Très-calme.json", preset.Content.Headers.ContentDisposition!.FileNameStar);
        foreach ((string address, HttpStatusCode status, string message) in new[]
        {
            ("export/conversations?format=papyrus", HttpStatusCode.BadRequest, "'papyrus' is no format"),
            (ExportEndpoints.AddressOf("juxta", Guid.NewGuid()), HttpStatusCode.NotFound, "no conversation"),
            (ExportEndpoints.AddressOfPreset("gone"), HttpStatusCode.NotFound, "no preset 'gone'"),
        })
        {
            using HttpResponseMessage refused = await http.GetAsync(address, cancel);
            Assert.Equal(status, refused.StatusCode);
            Assert.Contains(message, await refused.Content.ReadAsStringAsync(cancel));
        }
        await app.StopAsync(cancel);
    }

    static Task<IReadOnlyList<Guid>> TakeAsync(ConversationImport import, string name, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return import.TakeAsync(name, bytes.Length, () => new MemoryStream(bytes));
    }

    async Task<Guid> TalkAsync(string question, string? answer)
    {
        Conversation made = await Conversations.CreateAsync(new ConversationSettings());
        await Conversations.AddAsync(made.Id, Roles.User, question);
        if (answer is not null) await Conversations.AddAsync(made.Id, Roles.Assistant, answer);
        return made.Id;
    }
}
