using Juxta.Engine.Tokenization.Decoders;

namespace Juxta.Engine.Tokenization;

/// <summary>
/// Decodes ids as they are generated. Pieces never split a character and are never taken back: bytes of an incomplete character wait
/// until it is complete or can no longer become one. Not safe to use from several threads at once.
/// </summary>
public sealed class StreamingDecoder
{
    readonly Tokenizer _tokenizer;
    readonly bool _skipSpecial;
    readonly TextSink _text = new();
    readonly TokenSink _chain;

    internal StreamingDecoder(Tokenizer tokenizer, bool skipSpecial)
    {
        _tokenizer = tokenizer;
        _skipSpecial = skipSpecial;
        _chain = tokenizer.OpenDecoder(_text, streaming: true);
    }

    /// <summary>Takes the next id and returns the text that it makes visible. Ids without a token add nothing.</summary>
    public string Push(int id)
    {
        if (_tokenizer.DecodedForm(id, _skipSpecial) is { } token) _chain.Take(token, continues: false);
        return _text.Drain();
    }

    /// <summary>Ends the sequence and returns what was held back; a character that was cut off shows as U+FFFD.</summary>
    public string Flush()
    {
        _chain.Finish();
        return _text.Drain();
    }
}
