using Juxta.Engine.Generation;
using Juxta.Server.Completions;
using Juxta.Server.Health;
using Juxta.Server.Models;
using Juxta.Server.Wire;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Juxta.Server.Chat;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal static class ChatEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/chat/completions", AnswerAsync);

    static async Task AnswerAsync(HttpContext http, ModelShelf shelf, Generations generations, RequestCounters counters, TimeProvider time, AnswerStreams streams, IHostApplicationLifetime host)
    {
        CancellationToken aborted = http.RequestAborted;
        ChatRequest request = ChatRequest.Read(await RequestBody.ReadAsync(http));
        RequestedModel model = await RequestedModel.OpenAsync(shelf, request.Generation.Model, request.Generation.Adapters, aborted);
        RenderedPrompt prompt = PromptRenderer.Render(model.Model, request.Prompt, time.GetLocalNow());
        model.CheckLength(prompt.Ids.Count, "messages");

        using AnswerRun run = await AnswerRun.StartAsync(generations, Specs(request, model, prompt), aborted, host.ApplicationStopping);
        AnswerText[] answers = [.. Enumerable.Range(0, request.Generation.Choices).Select(_ => new AnswerText(0, prompt.Ids.Count))];
        var writer = new ChatWriter(model, time.GetUtcNow(), request.TopLogProbs is not null, request.Prompt.Tools);
        try
        {
            if (request.Generation.Stream)
            {
                await streams.SendAsync(http.Response, events => writer.StreamAsync(events, run, answers, request.Generation.IncludeUsage, aborted));
                return;
            }

            await foreach ((int answer, GeneratedToken step) in run.ReadAsync(aborted)) answers[answer].Add(step);
            await WireJson.WriteAsync(http.Response, writer.Whole(answers), WireJson.Default.ChatResponse);
        }
        finally
        {
            counters.CountTokens(Usage.Of(answers));
        }
    }

    static IEnumerable<GenerationSpec> Specs(ChatRequest request, RequestedModel model, RenderedPrompt prompt) =>
        Enumerable.Range(0, request.Generation.Choices).Select(answer => new GenerationSpec
        {
            Model = model.Choice.Model,
            Warnings = prompt.Warnings,
            Request = request.Generation.ToRequest(prompt.Ids, model.Choice, answer) with { MaxTokens = request.MaxTokens, LogProbs = request.TopLogProbs },
        });
}
