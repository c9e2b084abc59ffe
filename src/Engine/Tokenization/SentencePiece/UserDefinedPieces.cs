using System.Text;

namespace Juxta.Engine.Tokenization.SentencePiece;

/// <summary>Finds the user-defined pieces of a SentencePiece model: the longest that begins at a place.</summary>
sealed class UserDefinedPieces
{
    readonly Trie _bytes = new(), _units = new();

    public UserDefinedPieces(IEnumerable<(string Text, int Id)> pieces)
    {
        IsEmpty = true;
        foreach (var (text, id) in pieces)
        {
            IsEmpty = false;
            _units.Add(text, id);
            _bytes.Add(Latin(Encoding.UTF8.GetBytes(text)), id);
        }
    }

    public bool IsEmpty { get; }

    /// <summary>Length in bytes of the piece at the start of some UTF-8; 0 for none.</summary>
    public int MatchBytes(ReadOnlySpan<byte> text)
    {
        if (IsEmpty) return 0;
        int node = Trie.Root, longest = 0;
        for (int end = 0; end < text.Length && (node = _bytes.Step(node, (char)text[end])) >= 0;)
        {
            end++;
            if (_bytes.ValueAt(node) >= 0) longest = end;
        }
        return longest;
    }

    /// <summary>Length in UTF-16 units of the piece at the start of a text, and its id; 0 for none.</summary>
    public int Match(ReadOnlySpan<char> text, out int id)
    {
        id = -1;
        if (IsEmpty) return 0;
        int node = Trie.Root, longest = 0;
        for (int end = 0; end < text.Length && (node = _units.Step(node, text[end])) >= 0;)
        {
            end++;
            if (_units.ValueAt(node) is not (>= 0 and var value)) continue;
            (longest, id) = (end, value);
        }
        return longest;
    }

    /// <summary>Bytes as UTF-16 units, one each.</summary>
    static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
