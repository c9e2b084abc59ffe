using Juxta.Engine.Tokenization;

namespace Juxta.Engine.Sampling;

/// <summary>Turns ids into text as they come: whole characters only.</summary>
/// <param name="Push">Takes an id, returns the text that became complete.</param>
/// <param name="Flush">What is left of an unfinished character.</param>
internal sealed record TextStream(Func<int, string> Push, Func<string> Flush);

/// <summary>What the engine needs of a tokenizer.</summary>
/// <param name="Size">Ids that mean something: those at or beyond it are padding rows of the head and are never drawn.</param>
/// <param name="Open">Starts a stream; true leaves special tokens out of the text.</param>
/// <param name="Encode">Text to ids.</param>
internal sealed record TextVocabulary(int Size, Func<bool, TextStream> Open, Func<string, int[]> Encode)
{
    public static TextVocabulary? Of(Tokenizer? tokenizer) => tokenizer is null ? null : new TextVocabulary(
        tokenizer.VocabularySize,
        skipSpecial =>
        {
            StreamingDecoder decoder = tokenizer.StreamDecoder(skipSpecial);
            return new TextStream(decoder.Push, decoder.Flush);
        },
        text => tokenizer.Encode(text));
}
