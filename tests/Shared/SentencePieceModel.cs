using System.Buffers.Binary;
using System.Text;

namespace Juxta.Tests;

/// <summary>Writes SentencePiece model files: protocol-buffers fields by their numbers. Types: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte.</summary>
sealed class SentencePieceModel
{
    public List<(string Text, float Score, int Type)> Pieces { get; } = [];
    public bool BytePairs { get; init; } = true;
    public bool ByteFallback { get; init; }
    public bool AddDummyPrefix { get; init; } = true;
    public bool RemoveExtraWhitespaces { get; init; }
    public bool EscapeWhitespaces { get; init; } = true;
    public byte[] CharacterMap { get; init; } = [];

    public void Add(int type, params IEnumerable<string> texts)
    {
        foreach (string text in texts) Pieces.Add((text, 0, type));
    }

    public void AddBytes() => Add(6, Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"));

    /// <summary>Normal pieces, each a little less likely than the one before.</summary>
    public void AddWords(params IEnumerable<string> texts)
    {
        foreach (string text in texts) Pieces.Add((text, -1 - Pieces.Count, 1));
    }

    public byte[] ToBytes()
    {
        var model = new List<byte>();
        foreach (var (text, score, type) in Pieces)
        {
            List<byte> piece = [.. Field(1, Encoding.UTF8.GetBytes(text)), 0x15, .. new byte[4], .. Field(3, type)];
            BinaryPrimitives.WriteSingleLittleEndian(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(piece)[(piece.Count - Field(3, type).Length - 4)..], score);
            model.AddRange(Field(1, [.. piece]));
        }
        model.AddRange(Field(2, [.. Field(3, BytePairs ? 2 : 1), .. Field(4, Pieces.Count), .. Field(35, ByteFallback ? 1 : 0)]));
        model.AddRange(Field(3, [.. Field(1, "identity"u8.ToArray()), .. Field(2, CharacterMap), .. Field(3, AddDummyPrefix ? 1 : 0), .. Field(4, RemoveExtraWhitespaces ? 1 : 0), .. Field(5, EscapeWhitespaces ? 1 : 0)]));
        return [.. model];
    }

    public static byte[] Field(int number, byte[] content) => [.. Varint(number << 3 | 2), .. Varint(content.Length), .. content];

    public static byte[] Field(int number, long value) => [.. Varint(number << 3), .. Varint(value)];

    static byte[] Varint(long value)
    {
        List<byte> bytes = [];
        for (ulong rest = (ulong)value; ; rest >>= 7)
        {
            bytes.Add((byte)(rest & 0x7F | (rest >= 0x80 ? 0x80u : 0)));
            if (rest < 0x80) return [.. bytes];
        }
    }
}
