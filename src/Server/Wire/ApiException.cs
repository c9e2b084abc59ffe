namespace Juxta.Server.Wire;

/// <summary>A request that gets an error instead of an answer, in OpenAI's shape.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="message">What was found, what was expected, what to do next.</param>
/// <param name="parameter">The request field at fault, by its path: <c>messages[2].role</c>.</param>
/// <param name="code">A stable word for programs.</param>
internal sealed class ApiException(int status, string message, string? parameter = null, string? code = null) : Exception(message)
{
    public int Status { get; } = status;

    public string? Parameter { get; } = parameter;

    public string? Code { get; } = code;

    public static ApiException Invalid(string message, string? parameter, string code = "invalid_value") => new(400, message, parameter, code);

    public static ApiException Unsupported(string parameter, string reason) =>
        new(400, $"'{parameter}' is not supported: {reason}; leave it out", parameter, "unsupported_parameter");
}
