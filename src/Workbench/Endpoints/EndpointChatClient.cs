using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Juxta.Workbench.Endpoints;

/// <summary>
/// A model of any server that speaks the OpenAI chat API (vLLM, llama.cpp, Ollama, Juxta …) as the standard chat client (design D11). A server that is busy is asked again, as
/// late as it says; one that does not stream gives its answer whole.
/// </summary>
/// <remarks>
/// Tools are read from the options and from the additional property <c>tools</c>; calls of tools come as <see cref="FunctionCallContent"/>, a thought that the server took out of
/// the answer as <see cref="TextReasoningContent"/>. Where the server says more exactly than <c>finish_reason</c> how the answer ended (Juxta does), that is the additional property
/// <c>outcome</c>.
/// </remarks>
public sealed class EndpointChatClient : IChatClient
{
    /// <summary>The environment variable with the key that is sent to a server for which none was named; nothing is sent without it.</summary>
    public const string KeyVariable = "JUXTA_ENDPOINT_KEY";

    /// <summary>A server may read a long prompt, or let a request wait, for so long without a word.</summary>
    static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    readonly EndpointAddress _address;
    readonly string _model;
    readonly EndpointConnection _connection;

    /// <param name="url">As <see cref="EndpointAddress.Parse"/> reads it.</param>
    /// <param name="model">What the server calls the model.</param>
    /// <param name="key">Sent as bearer token; null = none.</param>
    /// <param name="time">The clock by which a busy server is waited for.</param>
    /// <param name="silence">Longest time without a byte from the server; null = ten minutes.</param>
    /// <exception cref="EndpointException">The address is none of the web.</exception>
    public EndpointChatClient(string url, string model, string? key, TimeProvider? time = null, TimeSpan? silence = null)
    {
        (_address, _model) = (EndpointAddress.Parse(url), model);
        _connection = new EndpointConnection(key, time ?? TimeProvider.System, silence ?? Silence);
    }

    /// <summary>What the server calls its models, in its order.</summary>
    /// <exception cref="EndpointException">The server cannot be asked, or has no such list.</exception>
    public async Task<IReadOnlyList<string>> ModelsAsync(CancellationToken cancel = default)
    {
        using HttpResponseMessage response = await _connection.SendAsync(_address.Models, null, cancel);
        string body = await _connection.ReadAsync(_address.Models, response, cancel);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return [.. document.RootElement.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()!)];
        }
        catch (Exception error) when (EndpointWire.IsMalformed(error))
        {
            throw new EndpointException($"{_address.Models} answered what is no list of models: {EndpointWire.Shown(body)}; is {_address} the address of an OpenAI API? It usually ends in /v1", error);
        }
    }

    /// <exception cref="EndpointException">The server cannot be reached, refuses, stays busy, or answers otherwise than the API.</exception>
    /// <exception cref="NotSupportedException">A response format or message contents other than text and function calls.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        using HttpResponseMessage response = await AskAsync(EndpointWire.Request(_model, messages, options ?? new ChatOptions()), cancellationToken);
        return EndpointWire.Response(_address.Chat, await _connection.ReadAsync(_address.Chat, response, cancellationToken));
    }

    /// <inheritdoc cref="GetResponseAsync"/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] asked = [.. messages];
        options ??= new ChatOptions();
        using HttpResponseMessage? streamed = await StreamAsync(EndpointWire.Request(_model, asked, options, stream: true), cancellationToken);
        if (streamed?.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            await using Stream body = await _connection.BodyAsync(_address.Chat, streamed, cancellationToken);
            await foreach (ChatResponseUpdate update in new EndpointStream(_address.Chat).ReadAsync(body, cancellationToken)) yield return update;
            yield break;
        }
        ChatResponse whole = streamed is null
            ? await GetResponseAsync(asked, options, cancellationToken)
            : EndpointWire.Response(_address.Chat, await _connection.ReadAsync(_address.Chat, streamed, cancellationToken));
        foreach (ChatResponseUpdate update in whole.ToChatResponseUpdates()) yield return update;
    }

    /// <summary>Null where the server takes the request, but not to stream.</summary>
    async Task<HttpResponseMessage?> StreamAsync(byte[] request, CancellationToken cancel)
    {
        try
        {
            return await AskAsync(request, cancel);
        }
        catch (EndpointException refusal) when (refusal.Status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.NotImplemented
            && refusal.Said!.Contains("stream", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
    }

    async Task<HttpResponseMessage> AskAsync(byte[] request, CancellationToken cancel)
    {
        try
        {
            return await _connection.SendAsync(_address.Chat, request, cancel);
        }
        catch (EndpointException refusal) when (refusal.Status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
        {
            throw await ExplainedAsync(refusal, cancel) ?? refusal;
        }
    }

    /// <summary>Most often it is the model's name, or the address. Null where it is neither.</summary>
    async Task<EndpointException?> ExplainedAsync(EndpointException refusal, CancellationToken cancel)
    {
        string reason;
        try
        {
            IReadOnlyList<string> offered = await ModelsAsync(cancel);
            if (offered.Contains(_model)) return null;
            reason = offered.Count == 0 ? "the server offers no model" : $"the server offers {string.Join(", ", offered.Take(20))}{(offered.Count > 20 ? " …" : "")}";
        }
        catch (EndpointException error)
        {
            if (refusal.Status is not HttpStatusCode.NotFound || error.Status is not HttpStatusCode.NotFound) return null;
            reason = $"is {_address} the address of an OpenAI API? It usually ends in /v1";
        }
        return new EndpointException($"{refusal.Message}; {reason}", refusal) { Status = refusal.Status, Said = refusal.Said };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("openai", _address.Chat, _model) : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose() => _connection.Dispose();
}
