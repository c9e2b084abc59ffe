namespace Juxta.Server.Wire;

/// <summary>The one shape of every error: <c>{"error":{"message","type","param","code"}}</c>.</summary>
internal sealed record ErrorBody(ErrorDetail Error)
{
    public static ErrorBody Of(int status, string message, string? parameter, string? code) =>
        new(new ErrorDetail(message, TypeOf(status), parameter, code));

    static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        503 => "unavailable_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}

internal sealed record ErrorDetail(string Message, string Type, string? Param, string? Code);
