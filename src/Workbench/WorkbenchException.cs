namespace Juxta.Workbench;

/// <summary>Something a person asked for cannot be done now; the message says why and what to do.</summary>
public class WorkbenchException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Nothing has that name or id.</summary>
public sealed class NotFoundException(string message) : WorkbenchException(message);
