using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;

namespace Juxta.Engine.Models;

/// <summary>
/// The tokens of one model step: for each sequence in it a run of consecutive tokens, which may be a chunk of a prompt or one new token.
/// Made and reused by the engine thread.
/// </summary>
internal sealed class Batch
{
    readonly List<int> _tokenIds = [];
    readonly List<BatchSequence> _sequences = [];
    readonly List<TokenRun> _runs = [];
    readonly List<int> _logitTokens = [];

    public int Tokens => _tokenIds.Count;

    public ReadOnlySpan<int> TokenIds => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tokenIds);

    public ReadOnlySpan<BatchSequence> Sequences => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sequences);

    /// <summary>The same sequences as attention sees them.</summary>
    public ReadOnlySpan<TokenRun> Runs => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_runs);

    /// <summary>Indices into <see cref="TokenIds"/>, ascending, of the tokens whose next-token logits are wanted.</summary>
    public ReadOnlySpan<int> LogitTokens => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_logitTokens);

    public void Clear()
    {
        _tokenIds.Clear();
        _sequences.Clear();
        _runs.Clear();
        _logitTokens.Clear();
    }

    /// <param name="ids">The run's token ids.</param>
    /// <param name="start">How many tokens of the sequence the cache holds already: the index of the run's first token.</param>
    /// <param name="blockTable">Cache blocks of the sequence in order; covers the context's virtual tokens and start + ids.Length tokens.</param>
    /// <param name="adapters">What acts on this sequence's rows.</param>
    /// <param name="context">What <see cref="Decoder.ReadContext"/> said of the text.</param>
    /// <param name="logits">How many of the run's last tokens need logits (0 … ids.Length).</param>
    public void Add(ReadOnlySpan<int> ids, int start, int[] blockTable, AdapterSet adapters, TextContext context, int logits)
    {
        int first = _tokenIds.Count;
        _tokenIds.AddRange(ids);
        var sequence = new BatchSequence(first, ids.Length, start, blockTable, adapters, context);
        _sequences.Add(sequence);
        _runs.Add(new TokenRun(first, ids.Length, sequence.CacheStart, blockTable, context.VirtualTokens + context.PrefixLength));
        for (int i = ids.Length - logits; i < ids.Length; i++) _logitTokens.Add(first + i);
    }
}

/// <summary>One sequence's run of tokens in a <see cref="Batch"/>.</summary>
/// <param name="FirstToken">Index of the run's first token in the batch.</param>
/// <param name="TokenCount">Tokens in the run.</param>
/// <param name="Start">Index in the sequence of the run's first token.</param>
/// <param name="BlockTable">Cache blocks of the sequence, in order.</param>
/// <param name="Adapters">Adapters with scales that act on these rows.</param>
/// <param name="Context">What the rows must know of the text as a whole.</param>
internal readonly record struct BatchSequence(int FirstToken, int TokenCount, int Start, int[] BlockTable, AdapterSet Adapters, TextContext Context)
{
    /// <summary>Place in the cache of the run's first token.</summary>
    public int CacheStart => Context.VirtualTokens + Start;
}
