using System.Buffers;
using System.Globalization;
using System.Text;

namespace Juxta.Engine.Tokenization.Decoders;

/// <summary>
/// Turns runs of tokens like <c>&lt;0xE4&gt;</c> into the characters those bytes are. A run that is not valid UTF-8 as a whole becomes
/// one U+FFFD per byte. In a stream a character shows when its last byte is there, so a run that turns out invalid later may have
/// shown good characters already; they stay.
/// </summary>
sealed class ByteFallbackDecoder : TokenDecoder
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public override TokenSink Open(TokenSink next, bool fused, bool streaming) => streaming ? new Streaming(next) : new Whole(next);

    public override int SingleByte(string token) => ByteOf(token);

    /// <summary>The byte a token stands for; -1 for any other token.</summary>
    public static int ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
        && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) ? value : -1;

    sealed class Whole(TokenSink next) : TokenSink
    {
        readonly List<byte> _run = [];

        public override void Take(string text, bool continues)
        {
            if (ByteOf(text) is >= 0 and var value) { _run.Add((byte)value); return; }
            End();
            next.Take(text, continues);
        }

        public override void Finish()
        {
            End();
            next.Finish();
        }

        void End()
        {
            if (_run.Count == 0) return;
            try
            {
                next.Take(Strict.GetString([.. _run]), continues: false);
            }
            catch (DecoderFallbackException)
            {
                for (int i = 0; i < _run.Count; i++) next.Take("\uFFFD", continues: false);
            }
            _run.Clear();
        }
    }

    sealed class Streaming(TokenSink next) : TokenSink
    {
        readonly List<byte> _pending = [];
        bool _shown, _broken;

        public override void Take(string text, bool continues)
        {
            if (ByteOf(text) is >= 0 and var value)
            {
                Add((byte)value);
                return;
            }
            End();
            next.Take(text, continues);
        }

        public override void Finish()
        {
            End();
            next.Finish();
        }

        void Add(byte value)
        {
            _pending.Add(value);
            Span<byte> bytes = [.. _pending];
            var status = _broken ? OperationStatus.InvalidData : Rune.DecodeFromUtf8(bytes, out _, out _);
            if (status == OperationStatus.NeedMoreData) return;
            if (status == OperationStatus.Done)
            {
                next.Take(Encoding.UTF8.GetString(bytes), continues: false);
                _shown = true;
                _pending.Clear();
                return;
            }
            // Invalid. With nothing shown yet the rest of the run follows the rule for whole runs; otherwise go on with this byte anew.
            if (_shown && bytes.Length > 1)
            {
                _pending.RemoveAt(_pending.Count - 1);
                Replace();
                Add(value);
                return;
            }
            Replace();
            _broken |= !_shown;
        }

        void Replace()
        {
            foreach (byte _ in _pending) next.Take("\uFFFD", continues: false);
            _pending.Clear();
        }

        void End()
        {
            Replace();
            _shown = _broken = false;
        }
    }
}
