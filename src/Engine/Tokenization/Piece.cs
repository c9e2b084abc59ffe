namespace Juxta.Engine.Tokenization;

/// <summary>A stretch of text on its way to the model.</summary>
/// <param name="Text">The string it lies in.</param>
/// <param name="Start">Its first UTF-16 unit there.</param>
/// <param name="Length">Its length in units.</param>
/// <param name="Opening">How many of its leading units come from the first character of the whole text to encode.</param>
readonly record struct Piece(string Text, int Start, int Length, int Opening)
{
    public ReadOnlySpan<char> Span => Text.AsSpan(Start, Length);

    public Piece Slice(int start, int end) => new(Text, Start + start, end - start, Math.Max(0, Opening - start));

    public Piece With(string text) => new(text, 0, text.Length, Opening);
}
