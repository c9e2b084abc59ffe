namespace Juxta.Training.Samples;

/// <summary>How long samples may be, in tokens; null = as long as they are.</summary>
/// <param name="Total">A whole sample.</param>
/// <param name="Source">What stands before an answer (max_source_length).</param>
/// <param name="Target">An answer with its end token (max_target_length).</param>
public sealed record SampleLengths(int? Total = null, int? Source = null, int? Target = null)
{
    /// <summary>Nothing is cut.</summary>
    public static SampleLengths Unlimited { get; } = new();

    /// <exception cref="ArgumentOutOfRangeException">A length is less than 2: an answer of one token is its end token alone.</exception>
    public void ThrowIfUnusable()
    {
        foreach ((string name, int? length) in (ReadOnlySpan<(string, int?)>)[(nameof(Total), Total), (nameof(Source), Source), (nameof(Target), Target)])
            if (length is < 2) throw new ArgumentOutOfRangeException(name, length, "a maximum length is 2 tokens or more");
    }
}
