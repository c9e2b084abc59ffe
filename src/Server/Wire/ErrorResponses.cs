using System.Globalization;
using Juxta.Engine;
using Juxta.Workbench;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Juxta.Server.Wire;

/// <summary>
/// Turns whatever an API endpoint throws, and routes that do not exist, into the one error shape. What is the client's fault says what to change;
/// what is ours carries the request's id and nothing of the user's text. Cancellation is normal flow and leaves no trace.
/// </summary>
internal sealed partial class ErrorResponses(RequestDelegate next, ILogger<ErrorResponses> log)
{
    public const string RequestIdHeader = "X-Request-Id";

    public async Task InvokeAsync(HttpContext http)
    {
        string requestId = "req_" + Guid.NewGuid().ToString("n");
        http.Response.Headers[RequestIdHeader] = requestId;
        try
        {
            await next(http);
            if (!http.Response.HasStarted && http.Response.StatusCode is 404 or 405) await NoSuchRouteAsync(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is listening any more.
        }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            ErrorBody body = Describe(error, requestId, log, out int status, out int? retryAfter);
            if (retryAfter is int seconds) http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await WriteAsync(http, status, body);
        }
    }

    /// <summary>The error object for an exception; logs it when the fault is ours.</summary>
    public static ErrorBody Describe(Exception error, string requestId, ILogger log, out int status, out int? retryAfter)
    {
        retryAfter = null;
        switch (error)
        {
            case ApiException api:
                status = api.Status;
                return ErrorBody.Of(status, api.Message, api.Parameter, api.Code);
            case RequestException request:
                status = 400;
                return ErrorBody.Of(status, request.Message, request.Parameter, "invalid_value");
            case EngineBusyException busy:
                (status, retryAfter) = (429, Math.Max(1, (int)Math.Ceiling(busy.RetryAfter.TotalSeconds)));
                return ErrorBody.Of(status, busy.Message, null, "engine_busy");
            case ModelFormatException format:
                status = 400;
                return ErrorBody.Of(status, format.Message, null, "invalid_checkpoint");
            case NotFoundException missing:
                status = 404;
                return ErrorBody.Of(status, missing.Message, null, "not_found");
            case WorkbenchException refused:
                // Such as a model that was unloaded in the moment it was asked: true now, perhaps not in a second.
                (status, retryAfter) = (503, 1);
                return ErrorBody.Of(status, refused.Message, null, "unavailable");
            case BadHttpRequestException http:
                status = http.StatusCode;
                return ErrorBody.Of(status, http.Message, null, status == 413 ? "request_too_large" : "bad_request");
            default:
                status = 500;
                LogFault(log, error, requestId);
                return ErrorBody.Of(status, $"the server failed on this request; its log has the reason under {requestId}", null, "internal_error");
        }
    }

    public static Task WriteAsync(HttpContext http, int status, ErrorBody body)
    {
        http.Response.StatusCode = status;
        return WireJson.WriteAsync(http.Response, body, WireJson.Default.ErrorBody);
    }

    static Task NoSuchRouteAsync(HttpContext http) => WriteAsync(http, http.Response.StatusCode,
        ErrorBody.Of(http.Response.StatusCode, $"there is no {http.Request.Method} {http.Request.Path}", null, "unknown_url"));

    [LoggerMessage(Level = LogLevel.Error, Message = "{RequestId} failed")]
    static partial void LogFault(ILogger log, Exception error, string requestId);
}
