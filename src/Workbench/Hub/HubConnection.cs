using System.Net;
using System.Net.Http.Headers;

namespace Juxta.Workbench.Hub;

/// <summary>
/// GET requests to the Hub. Redirects are followed here and not by the handler, because the token may go to the Hub's own address only, never to where
/// it sends one for large files. What may pass is a <see cref="PassingHubException"/>, and <see cref="RetryAsync"/> tries it again.
/// </summary>
internal sealed class HubConnection(HubOptions options) : IDisposable
{
    const int MostRedirects = 10;
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(15) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { UserAgent = { new ProductInfoHeaderValue("juxta", null) } },
    };

    public void Dispose() => _http.Dispose();

    /// <summary>The answer to a request of a model's path, its body unread; of the statuses that mean success or 416.</summary>
    /// <param name="id">The model, for errors.</param>
    /// <param name="path">Path and query below the Hub's address, already escaped.</param>
    /// <param name="from">Ask for the bytes from here on; 0 = for all.</param>
    /// <param name="etag">… if the content still has this tag, else for all.</param>
    public async Task<HttpResponseMessage> GetAsync(HubId id, string path, long from, string? etag, CancellationToken cancel)
    {
        if (options.Offline) throw new HubException($"{id} was not asked for: offline (--offline or HF_HUB_OFFLINE=1) nothing is downloaded; unset it to download");
        var uri = new Uri($"{options.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
        for (int redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            if (options.Token is { } token && SameOrigin(uri)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
            if (from > 0 && etag is not null) request.Headers.IfRange = new RangeConditionHeaderValue(EntityTagHeaderValue.Parse(etag));
            HttpResponseMessage response = await WithinSilenceAsync(token => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), uri, cancel);
            if (response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable) return response;
            using (response)
            {
                if (response.StatusCode is not (HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
                    || response.Headers.Location is not { } location) throw HubRefusals.Read(response, id, options);
                uri = Next(uri, location);
            }
            if (redirects == MostRedirects) throw new HubException($"the Hub redirects {id} again and again; is HF_ENDPOINT right?");
        }
    }

    /// <summary>The whole body of an answer.</summary>
    /// <exception cref="HubException">It is longer than <paramref name="most"/> bytes.</exception>
    public Task<byte[]> ReadAllAsync(HubId id, string path, int most, CancellationToken cancel) => RetryAsync(() => 0, async () =>
    {
        using HttpResponseMessage response = await GetAsync(id, path, 0, null, cancel);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancel);
        var all = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = await ReadAsync(body, buffer, cancel)) > 0;)
        {
            all.Write(buffer, 0, read);
            if (all.Length > most) throw new HubException($"the Hub answers with more than {ByteSize.Format(most)} where a short text was expected ({id})");
        }
        return all.ToArray();
    }, cancel);

    /// <summary>The next bytes of a body; 0 at its end.</summary>
    public Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancel) =>
        WithinSilenceAsync(token => body.ReadAsync(buffer, token).AsTask(), options.Endpoint, cancel);

    /// <summary>Tries again, after growing waits, what failed in a passing way; <paramref name="reached"/> tells whether an attempt came forward.</summary>
    public async Task<T> RetryAsync<T>(Func<long> reached, Func<Task<T>> attempt, CancellationToken cancel)
    {
        for (int failures = 0; ; failures++)
        {
            long before = reached();
            try
            {
                return await attempt();
            }
            catch (PassingHubException e)
            {
                if (reached() > before) failures = 0;
                if (failures >= options.Delays.Count) throw new HubException($"{e.Message}; gave up after {failures + 1} attempts. What has arrived is kept: run the same again to go on", e.InnerException);
                TimeSpan wait = e.After > options.Delays[failures] ? e.After : options.Delays[failures];
                await Task.Delay(wait < LongestWait ? wait : LongestWait, options.Time, cancel);
            }
        }
    }

    async Task<T> WithinSilenceAsync<T>(Func<CancellationToken, Task<T>> act, Uri uri, CancellationToken cancel)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        silence.CancelAfter(options.Silence);
        try
        {
            return await act(silence.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new PassingHubException($"{uri.Host} was silent for {options.Silence.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            cancel.ThrowIfCancellationRequested();
            throw new PassingHubException($"the connection to {uri.Host} failed: {e.Message}", e);
        }
    }

    Uri Next(Uri from, Uri location)
    {
        var next = new Uri(from, location);
        if (next.Scheme == Uri.UriSchemeHttps || next.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp) return next;
        throw new HubException($"{from.Host} redirects to a {next.Scheme} address, which is not safe; is HF_ENDPOINT ({options.Endpoint.Host}) right?");
    }

    bool SameOrigin(Uri uri) => Uri.Compare(uri, options.Endpoint, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
