using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Juxta.Server.Wire;

/// <summary>
/// Server-sent events as OpenAI streams them: one <c>data:</c> line of JSON per event, <c>[DONE]</c> at the end, and comments in
/// silent stretches so that no proxy takes a long prompt for a dead connection.
/// </summary>
internal sealed class EventStream(HttpResponse response, TimeSpan keepAlive)
{
    readonly CancellationToken _aborted = response.HttpContext.RequestAborted;

    /// <summary>Sends the headers at once: a client should know that its request was taken while the prompt is still being read.</summary>
    public Task StartAsync()
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        return FlushAsync();
    }

    public async Task SendAsync<T>(T value, JsonTypeInfo<T> type)
    {
        Write("data: "u8);
        using (var writer = new Utf8JsonWriter(response.BodyWriter, WireJson.WriterOptions)) JsonSerializer.Serialize(writer, value, type);
        Write("\n\n"u8);
        await FlushAsync();
    }

    public async Task DoneAsync()
    {
        Write("data: [DONE]\n\n"u8);
        await FlushAsync();
    }

    /// <summary>Waits for <paramref name="next"/>, sending a comment whenever the silence gets long. A client that went away must end <paramref name="next"/> itself.</summary>
    public async Task<T> KeepAliveUntilAsync<T>(Task<T> next)
    {
        while (true)
        {
            try
            {
                return await next.WaitAsync(keepAlive);
            }
            catch (TimeoutException) when (!next.IsCompleted)
            {
                Write(": still working\n\n"u8);
                await response.BodyWriter.FlushAsync();
            }
        }
    }

    void Write(ReadOnlySpan<byte> text) => response.BodyWriter.Write(text);

    async Task FlushAsync()
    {
        await response.BodyWriter.FlushAsync(_aborted);
        _aborted.ThrowIfCancellationRequested();
    }
}
