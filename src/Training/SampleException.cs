namespace Juxta.Training;

/// <summary>A training sample cannot be made of a conversation or a text; the message says why and what to do. It concerns this one record: others may be fine.</summary>
public sealed class SampleException : Exception
{
    public SampleException() : this("the sample cannot be made") { }

    public SampleException(string message) : base(message) { }

    public SampleException(string message, Exception? inner) : base(message, inner) { }
}
