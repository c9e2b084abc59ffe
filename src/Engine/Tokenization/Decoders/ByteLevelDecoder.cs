using System.Text;
using Juxta.Engine.Tokenization.PreTokenizers;

namespace Juxta.Engine.Tokenization.Decoders;

/// <summary>Reads tokens in the byte alphabet; the bytes of all tokens together are UTF-8, and what is not becomes U+FFFD.</summary>
sealed class ByteLevelDecoder : TokenDecoder
{
    readonly TextPool _texts = new();

    public override TokenSink Open(TokenSink next, bool fused, bool streaming) => new Sink(_texts, next);

    public override bool Fuses(bool fused) => true;

    /// <summary>The token's bytes: those of the alphabet when every character belongs to it, else its own UTF-8.</summary>
    public static byte[] BytesOf(string token)
    {
        byte[] bytes = new byte[MostBytes(token)];
        return bytes[..BytesOf(token, bytes)];
    }

    static int MostBytes(string token) => Encoding.UTF8.GetMaxByteCount(token.Length);

    static int BytesOf(string token, Span<byte> bytes)
    {
        for (int i = 0; i < token.Length; i++)
        {
            if (ByteAlphabet.ByteOf(token[i]) is not (>= 0 and var value)) return Encoding.UTF8.GetBytes(token, bytes);
            bytes[i] = (byte)value;
        }
        return token.Length;
    }

    sealed class Sink(TextPool texts, TokenSink next) : TokenSink
    {
        readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
        bool _begun;

        public override void Take(string text, bool continues)
        {
            int most = MostBytes(text);
            Span<byte> bytes = most <= 256 ? stackalloc byte[256] : new byte[most];
            Give(bytes[..BytesOf(text, bytes)], last: false);
        }

        public override void Finish()
        {
            Give([], last: true);
            next.Finish();
        }

        void Give(ReadOnlySpan<byte> bytes, bool last)
        {
            Span<char> units = bytes.Length < 100 ? stackalloc char[104] : new char[Encoding.UTF8.GetMaxCharCount(bytes.Length) + 4];
            int count = _utf8.GetChars(bytes, units, last);
            if (count == 0) return;
            next.Take(texts.Of(units[..count]), _begun);
            _begun = true;
        }
    }
}
