namespace Juxta.Eval.Endpoints;

/// <summary>A server that cannot be asked, or that answered otherwise than the OpenAI API does; the message says what to do.</summary>
public sealed class EndpointException(string message, Exception? inner = null) : Exception(message, inner);
