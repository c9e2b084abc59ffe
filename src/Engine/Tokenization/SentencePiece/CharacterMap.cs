using System.Buffers.Binary;

namespace Juxta.Engine.Tokenization.SentencePiece;

/// <summary>
/// Normalisation rules compiled into a SentencePiece model (<c>precompiled_charsmap</c>: nmt_nfkc and the like): the longest stretch of bytes that a rule
/// begins with becomes the rule's text. The file holds a prefix tree as a double array (Aoe 1989, in the layout of darts-clone: 32-bit units with offset,
/// label and a leaf flag), then all replacements, each ended by a zero byte.
/// </summary>
sealed class CharacterMap
{
    readonly uint[] _units;
    readonly byte[] _texts;

    CharacterMap(uint[] units, byte[] texts) => (_units, _texts) = (units, texts);

    /// <summary>Null for a model without rules.</summary>
    public static CharacterMap? Read(ReadOnlySpan<byte> blob, string name, string? file)
    {
        if (blob.IsEmpty) return null;
        uint size = blob.Length < 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(blob);
        if (size > blob.Length - 4 || size % 4 != 0 || size == 0)
            throw new ModelFormatException($"reading {name}: its normalisation rules (precompiled_charsmap, {blob.Length} bytes) are damaged; download it again", file);
        uint[] units = new uint[size / 4];
        for (int i = 0; i < units.Length; i++) units[i] = BinaryPrimitives.ReadUInt32LittleEndian(blob[(4 + i * 4)..]);
        return new(units, blob[(4 + (int)size)..].ToArray());
    }

    /// <summary>The longest rule at the start of some bytes.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="replacement">What takes the place of the matched bytes.</param>
    /// <returns>How many bytes it matches; 0 for no rule.</returns>
    public int Match(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        int longest = 0;
        uint value = 0;
        uint unit = _units[0];
        uint node = Offset(unit);
        for (int i = 0; i < text.Length; i++)
        {
            node ^= text[i];
            if (node >= (uint)_units.Length) break;
            unit = _units[node];
            if (Label(unit) != text[i]) break;
            node ^= Offset(unit);
            if (!HasLeaf(unit) || node >= (uint)_units.Length) continue;
            (longest, value) = (i + 1, _units[node] & 0x7FFFFFFF);
        }
        replacement = default;
        if (longest == 0) return 0;
        if (value < (uint)_texts.Length)
        {
            replacement = _texts.AsSpan((int)value);
            int end = replacement.IndexOf((byte)0);
            if (end >= 0) replacement = replacement[..end];
        }
        return longest;
    }

    static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1u << 9)) >> 6);

    // A leaf has the highest bit, so that it never equals a byte.
    static uint Label(uint unit) => unit & (1u << 31 | 0xFF);

    static bool HasLeaf(uint unit) => (unit >> 8 & 1) != 0;
}
