using Juxta.Server.Health;
using Juxta.Server.Models;
using Juxta.Server.Wire;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Juxta.Server.Completions;

/// <summary><c>POST /v1/completions</c>: a text or token ids go on, or are only scored.</summary>
internal static class CompletionEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/completions", AnswerAsync);

    static async Task AnswerAsync(HttpContext http, ModelShelf shelf, Generations generations, RequestCounters counters, TimeProvider time, AnswerStreams streams, IHostApplicationLifetime host)
    {
        CancellationToken aborted = http.RequestAborted;
        CompletionRequest request = CompletionRequest.Read(await RequestBody.ReadAsync(http));
        RequestedModel model = await RequestedModel.OpenAsync(shelf, request.Generation.Model, request.Generation.Adapters, aborted);
        var texts = new TokenTexts(model.Model.Tokenizer, request.TokensAsIds);
        EncodedPrompt[] prompts = [.. request.Prompts.Select(prompt => EncodedPrompt.Of(prompt, request, model, texts))];

        // Answer a of prompt p has the index p · n + a.
        int perPrompt = request.Generation.Choices;
        using AnswerRun run = await AnswerRun.StartAsync(generations, prompts.SelectMany(prompt => Specs(request, model, prompt)), aborted, host.ApplicationStopping);
        AnswerText[] answers = [.. prompts.SelectMany((prompt, index) => Enumerable.Range(0, perPrompt).Select(_ => new AnswerText(index, prompt.Ids.Count)))];
        var writer = new CompletionWriter(model, time.GetUtcNow(), texts, request, prompts);
        try
        {
            if (request.Generation.Stream)
            {
                await streams.SendAsync(http.Response, events => writer.StreamAsync(events, run, answers, aborted));
                return;
            }

            await WireJson.WriteAsync(http.Response, await writer.WholeAsync(run, answers, aborted), WireJson.Default.CompletionResponse);
        }
        finally
        {
            counters.CountTokens(Usage.Of(answers));
        }
    }

    static IEnumerable<GenerationSpec> Specs(CompletionRequest request, RequestedModel model, EncodedPrompt prompt) =>
        Enumerable.Range(0, request.Generation.Choices).Select(answer => new GenerationSpec
        {
            Model = model.Choice.Model,
            Request = request.Generation.ToRequest(prompt.Ids, model.Choice, answer) with
            {
                MaxTokens = request.MaxTokens,
                LogProbs = request.LogProbs,
                ScorePrompt = request.Echo && request.LogProbs is not null,
            },
        });
}

/// <summary>A prompt as the model reads it and as an echo shows it.</summary>
internal sealed record EncodedPrompt(IReadOnlyList<int> Ids, string Text)
{
    public static EncodedPrompt Of(CompletionPrompt prompt, CompletionRequest request, RequestedModel model, TokenTexts texts)
    {
        EncodedPrompt encoded = prompt.Text is string text
            ? new EncodedPrompt(model.Tokenizer.Encode(text, request.AddSpecial, request.ParseSpecial), text)
            : new EncodedPrompt(prompt.Ids!, request.Echo ? texts.Decode(prompt.Ids!, skipSpecial: false) : "");
        if (encoded.Ids.Count == 0) throw ApiException.Invalid($"'{prompt.Path}' is empty, and this tokenizer puts nothing before it; a prompt needs at least one token", prompt.Path);

        // A prompt that is only scored may fill the context to the last place.
        model.CheckLength(encoded.Ids.Count, prompt.Path, request.MaxTokens == 0 ? 0 : 1);
        return encoded;
    }
}
