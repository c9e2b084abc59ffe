namespace Juxta.Engine;

/// <summary>A backend that is not installed, or a device or type that it cannot use here. The message says what to install or to choose.</summary>
public sealed class BackendException(string message, Exception? inner = null) : Exception(message, inner);
