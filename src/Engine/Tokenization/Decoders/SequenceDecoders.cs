namespace Juxta.Engine.Tokenization.Decoders;

/// <summary>Makes one token of all.</summary>
sealed class FuseDecoder : TokenDecoder
{
    public override bool Fuses(bool fused) => true;

    public override TokenSink Open(TokenSink next, bool fused, bool streaming) => new Sink(next);

    sealed class Sink(TokenSink next) : TokenSink
    {
        bool _begun;

        public override void Take(string text, bool continues)
        {
            next.Take(text, _begun);
            _begun = true;
        }

        public override void Finish() => next.Finish();
    }
}

/// <summary>Cuts up to so many of one character from both ends of each token.</summary>
sealed class StripDecoder(string character, int start, int stop) : TokenDecoder
{
    public override TokenSink Open(TokenSink next, bool fused, bool streaming) => new Sink(this, next, fused);

    public override string InMiddle(string token) => token;

    sealed class Sink(StripDecoder step, TokenSink next, bool fused) : TokenSink
    {
        readonly string _character = step.Character;
        int _toCut;
        // Characters that are cut if the token ends here.
        int _held;

        public override void Take(string text, bool continues)
        {
            if (!continues)
            {
                _toCut = step.Start;
                _held = 0;
            }
            while (_toCut > 0 && text.StartsWith(_character, StringComparison.Ordinal))
            {
                text = text[_character.Length..];
                _toCut--;
            }
            if (text.Length > 0) _toCut = 0;

            int end = text.Length, trailing = 0;
            while (trailing < step.Stop && end >= _character.Length && text.AsSpan(0, end).EndsWith(_character, StringComparison.Ordinal))
            {
                end -= _character.Length;
                trailing++;
            }
            if (!fused) next.Take(text[..end], continues);
            else if (end > 0 || _held + trailing > step.Stop)
            {
                int given = end > 0 ? _held : _held + trailing - step.Stop;
                next.Take(string.Concat(Enumerable.Repeat(_character, given)) + text[..end], continues);
                _held = end > 0 ? trailing : step.Stop;
            }
            else _held += trailing;
        }

        public override void Finish() => next.Finish();
    }

    string Character { get; } = character;
    int Start { get; } = start;
    int Stop { get; } = stop;
}

/// <summary>Turns end-of-word marks into spaces, except in the last token, where they vanish.</summary>
sealed class SuffixDecoder(string suffix) : TokenDecoder
{
    public override TokenSink Open(TokenSink next, bool fused, bool streaming) => new Sink(suffix, next, fused);

    public override string InMiddle(string token) => suffix.Length == 0 ? token : token.Replace(suffix, " ", StringComparison.Ordinal);

    sealed class Sink(string suffix, TokenSink next, bool fused) : TokenSink
    {
        /// <summary>The last token from its first mark on: not known to be followed by another.</summary>
        string _rest = "";

        public override void Take(string text, bool continues)
        {
            if (fused) { _rest += text; return; }
            Give(" ");
            int mark = suffix.Length == 0 ? -1 : text.IndexOf(suffix, StringComparison.Ordinal);
            next.Take(mark < 0 ? text : text[..mark], continues);
            _rest = mark < 0 ? "" : text[mark..];
        }

        public override void Finish()
        {
            Give("");
            next.Finish();
        }

        void Give(string replacement)
        {
            if (_rest.Length > 0) next.Take(suffix.Length == 0 ? _rest : _rest.Replace(suffix, replacement, StringComparison.Ordinal), continues: true);
            _rest = "";
        }
    }
}

/// <summary>Without a decoder: tokens with spaces between them.</summary>
sealed class SpaceBetweenDecoder : TokenDecoder
{
    public override TokenSink Open(TokenSink next, bool fused, bool streaming) => new Sink(next);

    sealed class Sink(TokenSink next) : TokenSink
    {
        bool _begun;

        public override void Take(string text, bool continues)
        {
            next.Take(_begun ? " " + text : text, continues);
            _begun = true;
        }

        public override void Finish() => next.Finish();
    }
}
