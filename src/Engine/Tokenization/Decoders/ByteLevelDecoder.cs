using System.Text;
using Juxta.Engine.Tokenization.PreTokenizers;

namespace Juxta.Engine.Tokenization.Decoders;

/// <summary>Reads tokens in the byte alphabet; the bytes of all tokens together are UTF-8, and what is not becomes U+FFFD.</summary>
sealed class ByteLevelDecoder : TokenDecoder
{
    public override TokenSink Open(TokenSink next, bool fused, bool streaming) => new Sink(next);

    public override bool Fuses(bool fused) => true;

    /// <summary>The token's bytes: those of the alphabet when every character belongs to it, else its own UTF-8.</summary>
    public static byte[] BytesOf(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            if (ByteAlphabet.ByteOf(token[i]) is not (>= 0 and var value)) return Encoding.UTF8.GetBytes(token);
            bytes[i] = (byte)value;
        }
        return bytes;
    }

    sealed class Sink(TokenSink next) : TokenSink
    {
        readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
        bool _begun;

        public override void Take(string text, bool continues) => Give(BytesOf(text), last: false);

        public override void Finish()
        {
            Give([], last: true);
            next.Finish();
        }

        void Give(byte[] bytes, bool last)
        {
            Span<char> units = bytes.Length < 100 ? stackalloc char[104] : new char[Encoding.UTF8.GetMaxCharCount(bytes.Length) + 4];
            int count = _utf8.GetChars(bytes, units, last);
            if (count == 0) return;
            next.Take(units[..count].ToString(), _begun);
            _begun = true;
        }
    }
}
