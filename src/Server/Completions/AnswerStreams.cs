using Juxta.Server.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Juxta.Server.Completions;

/// <summary>Streams answers as server-sent events and, since the status is long sent, reports a failure as an event of its own.</summary>
internal sealed class AnswerStreams(ServerOptions options, ILogger<ErrorResponses> log)
{
    public async Task SendAsync(HttpResponse response, Func<EventStream, Task> write)
    {
        var events = new EventStream(response, options.KeepAlive);
        try
        {
            await events.StartAsync();
            await write(events);
        }
        catch (Exception error) when (!response.HttpContext.RequestAborted.IsCancellationRequested)
        {
            ErrorBody body = ErrorResponses.Describe(error, response.Headers[ErrorResponses.RequestIdHeader].ToString(), log, out _, out _);
            await events.SendAsync(body, WireJson.Default.ErrorBody);
        }

        await events.DoneAsync();
    }
}
