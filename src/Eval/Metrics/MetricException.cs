namespace Juxta.Eval.Metrics;

/// <summary>A metric, an option or data that cannot be used as given; the message says what to do about it.</summary>
public class MetricException(string message, Exception? inner = null) : Exception(message, inner);
