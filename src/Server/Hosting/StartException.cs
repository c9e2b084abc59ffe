namespace Juxta.Server.Hosting;

/// <summary>The server cannot start as it was told to; the message is one line for whoever started it.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
