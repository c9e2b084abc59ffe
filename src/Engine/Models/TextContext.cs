using Juxta.Engine.Lora;

namespace Juxta.Engine.Models;

/// <summary>
/// What the rows of a text must know of it as a whole. A family reads it from the ids once (<see cref="Decoder.ReadContext"/>) and it goes with the text,
/// so that prefill, decoding, a cache computed again and scoring see the same. Immutable.
/// </summary>
internal sealed record TextContext
{
    /// <summary>Each token sees those before it, and nothing else.</summary>
    public static TextContext Causal { get; } = new();

    /// <summary>Prefix-LM families: tokens before this index see one another, so they are computed in one step. 0 = causal.</summary>
    public int PrefixLength { get; init; }

    /// <summary>ChatGLM-6B: index of the prompt's mask token, which is the first position number of every token of the answer.</summary>
    public int MaskPosition { get; init; }

    /// <summary>Whether the text is longer than the length the model was first trained for (longrope): all its tokens turn by other frequencies.</summary>
    public bool IsLong { get; init; }

    /// <summary>Ids up to which this holds: a text that grows beyond is read again, and its cache computed anew.</summary>
    public int HoldsTo { get; init; } = int.MaxValue;

    /// <summary>Learnt keys and values that stand in the cache before the text (P-Tuning v2), or null.</summary>
    public KeyValuePrefix? Virtual { get; init; }

    /// <summary>Whether the keys and values of a token depend on nothing but the ids up to it and lie at their index, so that texts which begin alike can share them.</summary>
    public bool SharesBeginnings => PrefixLength == 0 && Virtual is null && !IsLong;

    /// <summary>Cache places before the text's first token. They shift no position.</summary>
    public int VirtualTokens => Virtual?.Tokens ?? 0;
}
