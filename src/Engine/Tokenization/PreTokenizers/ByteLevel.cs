using System.Text;
using Juxta.Engine.Tokenization.Patterns;

namespace Juxta.Engine.Tokenization.PreTokenizers;

/// <summary>
/// GPT-2's byte alphabet (Radford et al. 2019): each byte has a printable character of its own, so that a vocabulary of strings can
/// hold any bytes. Printable Latin-1 stands for itself, the other bytes for U+0100 onwards, in order.
/// </summary>
static class ByteAlphabet
{
    /// <summary>Byte → character.</summary>
    public static readonly char[] Characters = MakeCharacters();

    static readonly short[] Bytes = MakeBytes();

    /// <summary>The byte of a character of the alphabet; -1 for any other.</summary>
    public static int ByteOf(char character) => character < Bytes.Length ? Bytes[character] : -1;

    /// <summary>The text with each of its UTF-8 bytes as a character.</summary>
    public static string Spell(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Spell(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes)));
    }

    /// <summary>Each byte as a character.</summary>
    public static string Spell(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, static (characters, bytes) =>
    {
        for (int i = 0; i < characters.Length; i++) characters[i] = Characters[bytes[i]];
    });

    static char[] MakeCharacters()
    {
        char[] characters = new char[256];
        int moved = 0;
        for (int value = 0; value < 256; value++)
            characters[value] = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? (char)value : (char)(256 + moved++);
        return characters;
    }

    static short[] MakeBytes()
    {
        short[] bytes = new short[Characters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < 256; value++) bytes[Characters[value]] = (short)value;
        return bytes;
    }
}

/// <summary>Splits as GPT-2 does and, unless the model works on bytes itself, spells each part in the byte alphabet.</summary>
sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex, bool spell) : PreTokenizer
{
    static readonly Lazy<Pattern> Gpt2 =
        new(() => Pattern.Parse(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"));

    public override void Split(Piece piece, Pipeline.Next next)
    {
        if (addPrefixSpace && piece.Span[0] != ' ') piece = piece.With(string.Concat(" ", piece.Span));
        if (!useRegex)
        {
            next.Take(Spelled(piece));
            return;
        }
        int end = 0;
        using var matches = Gpt2.Value.Matches(piece.Span);
        while (matches.MoveNext())
        {
            if (matches.Start > end) next.Take(Spelled(piece.Slice(end, matches.Start)));
            next.Take(Spelled(piece.Slice(matches.Start, matches.End)));
            end = matches.End;
        }
        if (end < piece.Length) next.Take(Spelled(piece.Slice(end, piece.Length)));
    }

    Piece Spelled(Piece piece) => spell ? piece.With(ByteAlphabet.Spell(piece.Span)) : piece;
}
