namespace Juxta.Engine.Chat;

/// <summary>
/// A prompt that remembers who wrote each character: the chat template, or message <c>i</c> (design D7). Special tokens are
/// recognised only in what the template wrote; a loss mask follows from the same record.
/// </summary>
/// <param name="Text">The whole prompt, as a template engine without provenance would have rendered it.</param>
/// <param name="Spans">Consecutive, non-empty stretches in order; together they cover <paramref name="Text"/>.</param>
public sealed record PromptText(string Text, IReadOnlyList<PromptSpan> Spans)
{
    /// <summary>Where encoding starts anew, as if what lies before and behind were two texts: ascending indices into <see cref="Text"/>.</summary>
    public IReadOnlyList<int> Borders { get; init; } = [];

    /// <summary>The first so many units, cut where a span ends.</summary>
    public PromptText UpTo(int end) =>
        new(Text[..end], [.. Spans.TakeWhile(span => span.End <= end)]) { Borders = [.. Borders.TakeWhile(border => border < end)] };

    /// <summary>A prompt whose every character counts as written by the template (special tokens are parsed everywhere).</summary>
    public static PromptText Trusted(string text) =>
        new(text, text.Length == 0 ? [] : [new PromptSpan(0, text.Length, PromptSpan.Template)]);

    /// <summary>A prompt whose every character is plain text (special tokens are never parsed).</summary>
    public static PromptText Plain(string text) =>
        new(text, text.Length == 0 ? [] : [new PromptSpan(0, text.Length, 0)]);
}

/// <summary>A stretch of a <see cref="PromptText"/> with one author.</summary>
/// <param name="Start">Index of the first UTF-16 unit.</param>
/// <param name="Length">Count of UTF-16 units.</param>
/// <param name="Message">Index of the message that wrote it; <see cref="Template"/> or <see cref="Data"/> otherwise.</param>
public readonly record struct PromptSpan(int Start, int Length, int Message)
{
    /// <summary>The template's own literals, and variables the checkpoint defines (bos_token, eos_token, …).</summary>
    public const int Template = -1;

    /// <summary>Data that came with the request but in no message: tools, documents, extra variables, the clock.</summary>
    public const int Data = -2;

    public int End => Start + Length;
}
