using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Juxta.Workbench.Endpoints;

/// <summary>Requests to one server. A busy one is asked again, as late as it says; every other failure says what to do.</summary>
internal sealed class EndpointConnection : IDisposable
{
    /// <summary>How often a busy server is asked before it is given up.</summary>
    const int Attempts = 8;

    const long MostBytes = 64 << 20;

    readonly TimeProvider _time;
    readonly TimeSpan _silence;
    readonly HttpClient _http;

    /// <param name="key">Sent as bearer token; null = none.</param>
    /// <param name="time">The clock by which a busy server is waited for.</param>
    /// <param name="silence">Longest time without a byte.</param>
    public EndpointConnection(string? key, TimeProvider time, TimeSpan silence)
    {
        (_time, _silence) = (time, silence);
        // A key must not follow a redirect to another host.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(15) }) { Timeout = Timeout.InfiniteTimeSpan };
        if (string.IsNullOrEmpty(key)) return;
        if (!AuthenticationHeaderValue.TryParse($"Bearer {key}", out AuthenticationHeaderValue? bearer)) throw new EndpointException("the key holds characters that no key has; give it anew, without blanks or line ends");
        _http.DefaultRequestHeaders.Authorization = bearer;
    }

    /// <summary>An answer of success, its body unread.</summary>
    /// <param name="address">What is asked.</param>
    /// <param name="body">JSON to post; null = only get.</param>
    /// <exception cref="EndpointException">The server cannot be reached, refuses, stays busy or is silent.</exception>
    public async Task<HttpResponseMessage> SendAsync(Uri address, byte[]? body, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            HttpResponseMessage response = await SendOnceAsync(address, body, cancel);
            if (response.IsSuccessStatusCode) return response;
            using (response)
            {
                bool busy = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
                string said = await ReadAsync(address, response, cancel);
                if (!busy || attempt == Attempts) throw Refusal(address, response, said, busy ? $" {Attempts} times" : "");
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(Math.Min(30, 1 << (attempt - 1))), _time, cancel);
            }
        }
    }

    /// <summary>The whole body as text.</summary>
    public async Task<string> ReadAsync(Uri address, HttpResponseMessage response, CancellationToken cancel)
    {
        using var all = new MemoryStream();
        await using Stream body = await BodyAsync(address, response, cancel);
        await body.CopyToAsync(all, cancel);
        return Encoding.UTF8.GetString(all.GetBuffer(), 0, (int)all.Length);
    }

    public async Task<Stream> BodyAsync(Uri address, HttpResponseMessage response, CancellationToken cancel) =>
        new EndpointBody(await response.Content.ReadAsStreamAsync(cancel), address, _silence, MostBytes);

    async Task<HttpResponseMessage> SendOnceAsync(Uri address, byte[]? body, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(_silence);
        try
        {
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, address);
            if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        }
        catch (HttpRequestException error)
        {
            throw new EndpointException($"{address} cannot be asked: {error.Message}; {Advice(error)}", error);
        }
        catch (OperationCanceledException error) when (!cancel.IsCancellationRequested)
        {
            throw error.InnerException is TimeoutException
                ? new EndpointException($"{address} cannot be asked: nothing answers there; is the server running, and may this machine reach it?", error)
                : EndpointBody.Silent(address, _silence, error);
        }
    }

    static string Advice(HttpRequestException error) => error.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "is the host's name right?",
        HttpRequestError.SecureConnectionError => "does the server speak https? Else write http://",
        HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded => "what is there speaks no HTTP; is the port right, and is it http or https?",
        _ => "is the server running there?",
    };

    EndpointException Refusal(Uri address, HttpResponseMessage response, string said, string times)
    {
        string words = EndpointWire.Error(said);
        string advice = (int)response.StatusCode switch
        {
            401 or 403 when _http.DefaultRequestHeaders.Authorization is null => "; the server wants a key, and none was sent",
            401 or 403 => "; the key that was sent is not taken",
            >= 300 and < 400 => $"; it sends elsewhere, to {response.Headers.Location?.ToString() ?? "an unknown place"}: give that address, since a key follows no redirect",
            _ => "",
        };
        return new EndpointException(string.Create(CultureInfo.InvariantCulture, $"{address} answered {(int)response.StatusCode}{times}: {words}{advice}")) { Status = response.StatusCode, Said = words };
    }

    public void Dispose() => _http.Dispose();
}
