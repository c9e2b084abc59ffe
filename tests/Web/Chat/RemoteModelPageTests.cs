using Juxta.Web.Chat;
using Juxta.Web.Chat.Messages;
using Juxta.Web.Compare;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Juxta.WorkbenchTests.Endpoints;

namespace Juxta.WebTests.Chat;

/// <summary>A model of another server on the Chat and Compare pages: what they show, and what they say is not to be had.</summary>
public sealed class RemoteModelPageTests : Sessions
{
    static Task<StandInServer> StartAsync() => StandInServer.StreamingAsync(
        """{"choices":[{"delta":{"content":"Hello"},"logprobs":{"content":[{"token":"Hello","logprob":-0.25,"top_logprobs":[{"token":"Hello","logprob":-0.25},{"token":"Hi","logprob":-2}]}]}}]}""",
        """{"choices":[{"delta":{"content":" there"},"finish_reason":"stop"}]}""", "[DONE]");

    [Fact]
    public async Task A_conversation_shows_pieces_without_ids_and_counts_nothing_that_was_not_counted()
    {
        await using StandInServer server = await StartAsync();
        Workbench.Models.AddRemote(RemoteModel.Of(server.Url, "m", "far"));
        await using ChatSession session = await OpenAsync();
        await session.ChooseModelAsync("far");
        Assert.Null(session.Notice);
        Assert.Equal("m", session.Model!.Remote!.Name);
        Assert.NotNull(await session.SendAsync("Hello"));
        await EndedAsync(session);
        Workbench.Chat.Message answer = session.Current!.Messages[^1];
        Assert.Equal("Hello there", answer.Content);
        Assert.StartsWith("tokens not counted · first after", AnswerFacts.Cost(answer.Answer!.Usage), StringComparison.Ordinal);
        Assert.Contains("does not say which", OutcomeText.Describe(answer.Answer.Outcome!, answer.Answer.Usage.CompletionTokens, null), StringComparison.Ordinal);
        IReadOnlyList<TokenSpan> spans = TokenSpan.Of([await Workbench.Generations.GetAsync(answer.Answer.GenerationId)], null);
        Assert.Equal([("Hello", 1, 2), (" there", null, 0)], spans.Select(span => (span.Text, span.Shade, span.Pieces.Count)));
        await session.ContinueAsync(answer.Id);
        Assert.Contains("cannot be told how an answer begins", session.Notice!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_are_compared_as_texts_where_one_has_no_ids()
    {
        await using StandInServer server = await StartAsync();
        Workbench.Models.AddRemote(RemoteModel.Of(server.Url, "m", "far"));
        await using var session = new CompareSession(Workbench.Models, Workbench.Comparisons, Workbench.Generations, TimeProvider.System);
        await session.OpenAsync(null);
        await session.ChooseAsync(session.Columns[1].Key, _ => new ModelChoice("far", []));
        await session.ChangeSettingsAsync(_ => Short);
        Assert.NotNull(await session.CompareAsync("Hello"));
        await UntilAsync(() => !session.Running && session.Columns.All(column => column.Live?.Outcome is not null));
        Assert.Equal("Hello there", session.Columns[1].Live!.Text);
        session.Look(AnswerView.Diff);
        var pair = new PairView();
        pair.Update(session, session.Columns[1], session.Columns[0], TimeProvider.System, redraw: true);
        Assert.Equal("Another server wrote this or A, without token ids: the two can be compared as texts only.", pair.Remark);
        Assert.Equal("Hello there", string.Concat(pair.Pieces!.Select(piece => piece.Text)));
    }
}
