using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.AI;

namespace Juxta.Eval.Endpoints;

/// <summary>
/// A model of any server that speaks the OpenAI chat API (vLLM, llama.cpp, Ollama, Juxta …) as the standard chat client (design D11). Answers come whole. A server that is
/// busy is asked again, as late as it says.
/// </summary>
/// <remarks>
/// Tool definitions are read from the additional property <c>tools</c>. An answer's calls of tools are written behind its text, a JSON line each. Where the server says more
/// exactly than <c>finish_reason</c> how the answer ended (Juxta does), that is the additional property <c>outcome</c>.
/// </remarks>
public sealed class EndpointChatClient : IChatClient
{
    /// <summary>The environment variable with the key that is sent to the server; nothing is sent without it.</summary>
    public const string KeyVariable = "JUXTA_ENDPOINT_KEY";

    /// <summary>How often a busy server is asked before it is given up.</summary>
    const int Attempts = 8;

    const int MostAnswerBytes = 64 << 20;

    readonly HttpClient _http;
    readonly Uri _address;
    readonly string _model;
    readonly TimeProvider _time;

    /// <param name="url">The API's address, such as <c>http://localhost:8000/v1</c>; without a path <c>/v1</c> is meant.</param>
    /// <param name="model">What the server calls the model.</param>
    /// <param name="key">Sent as bearer token; null = none.</param>
    /// <param name="time">The clock by which a busy server is waited for.</param>
    /// <exception cref="EndpointException">The address is none of the web.</exception>
    public EndpointChatClient(string url, string model, string? key, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? given) || given.Scheme is not ("http" or "https") || given.Query.Length > 0)
            throw new EndpointException($"'{url}' is no address of an API; expected one such as http://localhost:8000/v1");
        string api = given.AbsolutePath == "/" ? $"{given.GetLeftPart(UriPartial.Authority)}/v1" : given.AbsoluteUri.TrimEnd('/');
        _address = new Uri(api + "/chat/completions");
        (_model, _time) = (model, time ?? TimeProvider.System);
        // A key must not follow a redirect to another host.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromMinutes(10), MaxResponseContentBufferSize = MostAnswerBytes };
        if (!string.IsNullOrEmpty(key)) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <exception cref="EndpointException">The server cannot be reached, refuses, stays busy, or answers otherwise than the API.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        byte[] request = EndpointWire.Request(_model, messages, options ?? new ChatOptions());
        for (int attempt = 1; ; attempt++)
        {
            (HttpStatusCode status, TimeSpan? after, string body) = await PostAsync(request, cancellationToken);
            if ((int)status is >= 200 and < 300) return EndpointWire.Response(_address, body);
            bool busy = status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
            if (!busy || attempt == Attempts) throw new EndpointException($"{_address} answered {(int)status}{(busy ? $" {Attempts} times" : "")}: {EndpointWire.Error(body)}");
            await Task.Delay(after ?? TimeSpan.FromSeconds(Math.Min(30, 1 << (attempt - 1))), _time, cancellationToken);
        }
    }

    async Task<(HttpStatusCode Status, TimeSpan? After, string Body)> PostAsync(byte[] request, CancellationToken cancel)
    {
        try
        {
            using var content = new ByteArrayContent(request);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage response = await _http.PostAsync(_address, content, cancel);
            return (response.StatusCode, response.Headers.RetryAfter?.Delta, Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancel)));
        }
        catch (HttpRequestException error)
        {
            throw new EndpointException($"{_address} cannot be asked: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancel.IsCancellationRequested)
        {
            throw new EndpointException(string.Create(CultureInfo.InvariantCulture, $"{_address} gave no answer within {_http.Timeout.TotalMinutes} minutes; bound the answer with max_tokens"), error);
        }
    }

    /// <exception cref="NotSupportedException">Always: answers come whole.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("this client gives answers as a whole; ask for a response");

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("openai", _address, _model) : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose() => _http.Dispose();
}
