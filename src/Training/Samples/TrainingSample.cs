namespace Juxta.Training.Samples;

/// <summary>
/// What a training step reads: ids in, labels out. <see cref="Labels"/> are unshifted: the label of index t is the token that stands at t, or
/// <see cref="NoLoss"/>; <see cref="NextTokens"/> is the one place that shifts them.
/// </summary>
/// <param name="Ids">Token ids. (tokens)</param>
/// <param name="Labels">What should have been predicted for each index, or <see cref="NoLoss"/>. (tokens)</param>
/// <param name="Authors">Who wrote each token: a message's index, or a <see cref="TokenAuthor"/>. For people; no computation reads it. (tokens)</param>
public sealed record TrainingSample(int[] Ids, int[] Labels, int[] Authors)
{
    /// <summary>The label of a token that carries no loss, as PyTorch's cross entropy has it.</summary>
    public const int NoLoss = -100;

    /// <summary>Sequences that lie one after another in the ids and must not see each other: one, unless the sample is packed. In order; they cover the ids.</summary>
    public IReadOnlyList<SampleSegment> Segments { get; init; } = [new SampleSegment(0, Ids.Length)];

    /// <summary>
    /// The positions of families with two of them (ChatGLM-6B), index by index; null where a position is just the distance from the segment's start.
    /// </summary>
    public SamplePositions? TwoDimensional { get; init; }

    /// <summary>What had to be left out to fit the lengths allowed.</summary>
    public SampleCuts Cuts { get; init; }

    /// <summary>What a person should know about this sample.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Tokens.</summary>
    public int Length => Ids.Length;

    /// <summary>Tokens that carry loss: those whose label a next-token prediction can be compared with.</summary>
    public int LossTokens => NextTokens.Targets(this).Count(target => target != NoLoss);

    /// <summary>Of a sample that is not packed: tokens before this index see each other both ways (prefix-LM); 0 = causal.</summary>
    public int PrefixLength => Segments.Count == 1 ? Segments[0].PrefixLength : throw new InvalidOperationException("a packed sample has a prefix length in every segment");

    /// <summary>This sample, not packed, as prefix-LM with ChatGLM-6B's two positions: index in the prefix; behind it that of the mask token, and a count.</summary>
    /// <param name="prefix">Tokens before the first &lt;sop&gt;.</param>
    /// <param name="mask">Index of the mask token that is filled in.</param>
    internal TrainingSample AsPrefixLm(int prefix, int mask) => this with
    {
        Segments = [new SampleSegment(0, Length, prefix)],
        TwoDimensional = new SamplePositions(
            [.. Enumerable.Range(0, Length).Select(i => i < prefix ? i : mask)], [.. Enumerable.Range(0, Length).Select(i => i < prefix ? 0 : i - prefix + 1)]),
    };

    /// <summary>Whether the token at <paramref name="key"/> is visible to the one at <paramref name="query"/>: block-diagonal over segments, causal in each but for its prefix.</summary>
    public bool Sees(int query, int key)
    {
        SampleSegment segment = SegmentOf(query);
        return key >= segment.Start && key < segment.End && (key <= query || key < segment.Start + segment.PrefixLength);
    }

    /// <summary>The segment that holds an index.</summary>
    public SampleSegment SegmentOf(int index)
    {
        int low = 0, high = Segments.Count - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Segments[middle].End <= index) low = middle + 1;
            else high = middle;
        }
        return Segments[low];
    }
}

/// <summary>One sequence in a sample.</summary>
/// <param name="Start">Index of its first token; its positions count from here.</param>
/// <param name="Length">Its tokens.</param>
/// <param name="PrefixLength">Its tokens before this one see each other both ways; 0 = causal.</param>
public readonly record struct SampleSegment(int Start, int Length, int PrefixLength = 0)
{
    /// <summary>Index behind its last token.</summary>
    public int End => Start + Length;
}

/// <summary>Positions of ChatGLM-6B: where in the text, and where in the span that is being filled in.</summary>
/// <param name="Position">Index in the prompt; in an answer that of the mask token it fills. (tokens)</param>
/// <param name="Block">0 in the prompt; 1, 2, 3 … in a span. (tokens)</param>
public sealed record SamplePositions(int[] Position, int[] Block);

/// <summary>What a sample lost to its maximum lengths.</summary>
/// <param name="SourceTokens">Of text without loss.</param>
/// <param name="AnswerTokens">Of answers.</param>
/// <param name="Answers">Answers that were left out whole.</param>
/// <param name="EndTokens">End tokens among what was left out: those of whole answers, and those a recipe cuts away.</param>
public readonly record struct SampleCuts(int SourceTokens, int AnswerTokens, int Answers, int EndTokens)
{
    /// <summary>Whether anything was left out.</summary>
    public bool Any => SourceTokens > 0 || AnswerTokens > 0 || Answers > 0 || EndTokens > 0;

    /// <summary>Both together.</summary>
    public static SampleCuts operator +(SampleCuts a, SampleCuts b) =>
        new(a.SourceTokens + b.SourceTokens, a.AnswerTokens + b.AnswerTokens, a.Answers + b.Answers, a.EndTokens + b.EndTokens);
}

/// <summary>Authors of tokens that are no message's.</summary>
public static class TokenAuthor
{
    /// <summary>The chat template.</summary>
    public const int Template = Engine.Chat.PromptSpan.Template;

    /// <summary>Tools and other data beside the messages.</summary>
    public const int Data = Engine.Chat.PromptSpan.Data;

    /// <summary>Put there by the tokenizer or by the recipe: a beginning or an end of sequence.</summary>
    public const int Added = -3;

    /// <summary>Fills a batch up.</summary>
    public const int Padding = -4;
}
