using System.Collections.Concurrent;

namespace Juxta.Engine.Tokenization.Decoders;

/// <summary>One string for every short text that was decoded before: what a token says comes again and again. Bounded; safe from any thread.</summary>
sealed class TextPool
{
    /// <summary>Longer texts are not kept.</summary>
    const int LongestText = 64;

    const int Most = 1 << 18;

    readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    int _count;

    public TextPool() => _bySpan = _texts.GetAlternateLookup<ReadOnlySpan<char>>();

    public string Of(ReadOnlySpan<char> text)
    {
        if (_bySpan.TryGetValue(text, out string? known)) return known;
        string made = text.ToString();
        if (text.Length <= LongestText && Volatile.Read(ref _count) < Most && _texts.TryAdd(made, made)) Interlocked.Increment(ref _count);
        return made;
    }
}
