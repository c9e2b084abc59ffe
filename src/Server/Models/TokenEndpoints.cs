using Juxta.Server.Chat;
using Juxta.Server.Completions;
using Juxta.Server.Wire;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Juxta.Server.Models;

/// <summary><c>POST /v1/tokenize</c> and <c>/v1/detokenize</c>: what a text or a conversation is to a model.</summary>
internal static class TokenEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/tokenize", TokenizeAsync);
        routes.MapPost("/v1/detokenize", DetokenizeAsync);
    }

    static async Task TokenizeAsync(HttpContext http, ModelShelf shelf, TimeProvider time)
    {
        Fields body = await RequestBody.ReadAsync(http);
        RequestedModel model = await RequestedModel.OpenAsync(shelf, body.RequiredText("model"), null, http.RequestAborted);
        (IReadOnlyList<int> ids, string text) = body.Value("messages") is not null ? Conversation(body, model, time) : Text(body, model);
        var texts = new TokenTexts(model.Tokenizer);
        var response = new TokenizeResponse(ids, [.. ids.Select(texts.Escaped)], ids.Count, model.ContextLength, text);
        await WireJson.WriteAsync(http.Response, response, WireJson.Default.TokenizeResponse);
    }

    static (IReadOnlyList<int> Ids, string Text) Conversation(Fields body, RequestedModel model, TimeProvider time)
    {
        RenderedPrompt prompt = PromptRenderer.Render(model.Model, ChatRequest.ReadPrompt(body), time.GetLocalNow());
        return (prompt.Ids, prompt.Text);
    }

    /// <summary>A text of any length: counting is what this endpoint is for.</summary>
    static (IReadOnlyList<int> Ids, string Text) Text(Fields body, RequestedModel model)
    {
        string text = body.Text("text") ?? body.Text("prompt")
            ?? throw ApiException.Invalid("'text' is required: a string ('messages' takes a conversation in its place)", "text", "missing_parameter");
        return (model.Tokenizer.Encode(text, body.Flag("add_special") ?? true, body.Flag("parse_special") ?? true), text);
    }

    static async Task DetokenizeAsync(HttpContext http, ModelShelf shelf)
    {
        Fields body = await RequestBody.ReadAsync(http);
        RequestedModel model = await RequestedModel.OpenAsync(shelf, body.RequiredText("model"), null, http.RequestAborted);
        string field = body.Value("ids") is null && body.Value("tokens") is not null ? "tokens" : "ids";
        if (body.Value(field) is null) throw ApiException.Invalid("'ids' is required: a list of token ids", "ids", "missing_parameter");
        IReadOnlyList<int> ids = body.Integers(field, 0, model.Tokenizer.VocabularySize - 1);
        string text = new TokenTexts(model.Tokenizer).Decode(ids, body.Flag("skip_special") ?? false);
        await WireJson.WriteAsync(http.Response, new DetokenizeResponse(text), WireJson.Default.DetokenizeResponse);
    }
}

/// <param name="Tokens">Each token's text; escapes like <c>\xe4</c> where it is not whole characters.</param>
/// <param name="MaxModelLen">The model's context, under the name that vLLM gives it.</param>
/// <param name="Prompt">The text that was tokenized: for messages, what the chat template made of them.</param>
internal sealed record TokenizeResponse(IReadOnlyList<int> Ids, IReadOnlyList<string> Tokens, int Count, int MaxModelLen, string Prompt);

internal sealed record DetokenizeResponse(string Text);
