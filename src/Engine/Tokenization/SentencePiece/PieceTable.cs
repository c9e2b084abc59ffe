using System.Text;

namespace Juxta.Engine.Tokenization.SentencePiece;

/// <summary>The pieces of a model as its text encoder uses them.</summary>
/// <param name="Entries">In order; special tokens that are recognised before the model sees the text count as control pieces here.</param>
/// <param name="FirstId">Id of the first piece: vocabularies may put other ids in front.</param>
/// <param name="Unknown">Index of the unknown piece.</param>
/// <param name="ByteFallback">Characters without a piece become bytes.</param>
sealed record PieceTable(IReadOnlyList<SentencePieceEntry> Entries, int FirstId, int Unknown, bool ByteFallback)
{
    public int Count => Entries.Count;

    public IEnumerable<(string Text, int Id)> UserDefined =>
        Entries.Select((entry, index) => (entry, Id: FirstId + index)).Where(pair => pair.entry.Type == PieceType.UserDefined).Select(pair => (pair.entry.Text, pair.Id));
}

/// <summary>What becomes of text without a piece: its bytes where the model has them, else one unknown token for neighbouring characters together.</summary>
sealed class UnknownText
{
    readonly int _unknown;
    readonly int[]? _bytes;

    public UnknownText(PieceTable pieces)
    {
        _unknown = pieces.FirstId + pieces.Unknown;
        if (!pieces.ByteFallback) return;
        _bytes = new int[256];
        for (int piece = 0; piece < pieces.Count; piece++)
            if (pieces.Entries[piece].Type == PieceType.Byte) _bytes[Decoders.ByteFallbackDecoder.ByteOf(pieces.Entries[piece].Text)] = pieces.FirstId + piece;
    }

    /// <param name="text">One character.</param>
    /// <param name="afterUnknown">Whether the character before it was unknown, too.</param>
    /// <param name="ids">Where the ids go.</param>
    public void Append(ReadOnlySpan<char> text, bool afterUnknown, List<int> ids)
    {
        if (_bytes is not null)
        {
            Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(2)];
            foreach (byte value in bytes[..Encoding.UTF8.GetBytes(text, bytes)]) ids.Add(_bytes[value]);
        }
        else if (!afterUnknown) ids.Add(_unknown);
    }
}
