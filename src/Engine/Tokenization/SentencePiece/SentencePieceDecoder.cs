using System.Buffers;
using System.Text;
using Juxta.Engine.Tokenization.Decoders;

namespace Juxta.Engine.Tokenization.SentencePiece;

/// <summary>
/// Pieces back to text as the sentencepiece program does it: marks become spaces, the one put in front of the text goes, control pieces are invisible, the
/// unknown piece has its own text, and bytes become the characters they are, each wrong one U+FFFD. A character shows when its last byte is there, and
/// nothing that was shown changes.
/// </summary>
/// <param name="file">The model.</param>
/// <param name="declared">Special tokens that configuration declares: they show as they are spelled.</param>
/// <param name="restarts">Whether text after a declared token was encoded anew, with a space of its own in front.</param>
/// <param name="spellings">Pieces that stand for other text than their own.</param>
sealed class SentencePieceDecoder(SentencePieceFile file, IReadOnlySet<string> declared, bool restarts, IReadOnlyDictionary<string, string> spellings) : TokenDecoder
{
    readonly string _unknown = file.Pieces[file.UnknownId].Text;
    readonly HashSet<string> _controls = [.. file.Pieces.Where(piece => piece.Type == PieceType.Control).Select(piece => piece.Text)];
    readonly bool _stripsSpace = file.AddDummyPrefix || file.RemoveExtraWhitespaces;

    public override TokenSink Open(TokenSink next, bool fused, bool streaming) => new Sink(this, next);

    public override int SingleByte(string token) => file.ByteFallback && !declared.Contains(token) ? ByteFallbackDecoder.ByteOf(token) : -1;

    public override string InMiddle(string token) => declared.Contains(token) ? token : Surface(token, atStart: false, out _);

    /// <param name="piece">No declared token and no byte.</param>
    /// <param name="atStart">Whether a mark at its beginning is the one put in front of the text.</param>
    /// <param name="started">Whether that mark was there and is the only one that goes.</param>
    string Surface(string piece, bool atStart, out bool started)
    {
        started = false;
        if (_controls.Contains(piece)) return "";
        if (piece == _unknown) return file.UnknownSurface;
        if (spellings.TryGetValue(piece, out string? spelling)) return spelling;
        if (atStart && _stripsSpace && piece.StartsWith(SentencePieceNormalizer.SpaceMark, StringComparison.Ordinal))
        {
            piece = piece[SentencePieceNormalizer.SpaceMark.Length..];
            started = !file.RemoveExtraWhitespaces;
        }
        return piece.Replace(SentencePieceNormalizer.SpaceMark, " ", StringComparison.Ordinal);
    }

    sealed class Sink(SentencePieceDecoder decoder, TokenSink next) : TokenSink
    {
        readonly List<byte> _bytes = [];
        bool _begun, _stripped;

        public override void Take(string text, bool continues)
        {
            if (decoder.SingleByte(text) is >= 0 and var value)
            {
                _bytes.Add((byte)value);
                GiveCharacters(last: false);
                return;
            }
            GiveCharacters(last: true);
            if (decoder.InDeclared(text))
            {
                next.Take(text, continues: false);
                if (decoder.Restarts) _begun = _stripped = false;
                else _begun = true;
                return;
            }
            bool atStart = !_begun && !_stripped;
            Give(decoder.Surface(text, atStart, out _stripped));
            _begun |= !atStart;
        }

        public override void Finish()
        {
            GiveCharacters(last: true);
            next.Finish();
        }

        /// <summary>Complete characters, and wrong bytes one by one; the rest may still become a character unless it is the last.</summary>
        void GiveCharacters(bool last)
        {
            while (_bytes.Count > 0)
            {
                Span<byte> bytes = [.. _bytes];
                var status = Rune.DecodeFromUtf8(bytes, out var rune, out int length);
                if (status == OperationStatus.NeedMoreData && !last) return;
                bool good = status == OperationStatus.Done;
                Give(good ? rune.ToString() : "\uFFFD");
                _bytes.RemoveRange(0, good ? length : 1);
            }
        }

        void Give(string text)
        {
            if (text.Length == 0) return;
            next.Take(text, continues: false);
            _begun = true;
        }
    }

    bool InDeclared(string token) => declared.Contains(token);

    bool Restarts => restarts;
}
