namespace Juxta.Eval.Suites;

/// <summary>An eval set that cannot be used as it stands; the message names the file, the line and what to do.</summary>
public sealed class SuiteException(string message, Exception? inner = null) : Exception(message, inner);
