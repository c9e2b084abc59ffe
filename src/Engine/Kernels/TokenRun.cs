namespace Juxta.Engine.Kernels;

/// <summary>What attention needs to know of one sequence's run of consecutive tokens in a batch.</summary>
/// <param name="FirstToken">Row of the run's first token in the batch.</param>
/// <param name="TokenCount">Tokens in the run.</param>
/// <param name="Start">Index in the sequence of the run's first token.</param>
/// <param name="BlockTable">Cache blocks of the sequence, in order.</param>
/// <param name="PrefixLength">Tokens before this index are visible to all (prefix-LM); 0 = causal.</param>
internal readonly record struct TokenRun(int FirstToken, int TokenCount, int Start, int[] BlockTable, int PrefixLength)
{
    /// <summary>First key that the token at sequence index <paramref name="index"/> sees, with a sliding window (0 = none).</summary>
    public static int VisibleFrom(int index, int window) => window > 0 ? Math.Max(0, index - window + 1) : 0;

    /// <summary>One past the last key that the token at sequence index <paramref name="index"/> sees.</summary>
    public static int VisibleTo(int index, int prefixLength) => Math.Max(index + 1, prefixLength);
}
