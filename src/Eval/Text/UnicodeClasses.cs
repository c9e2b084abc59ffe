using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Juxta.Eval.Text;

/// <summary>What a character is to the reference programs of the metrics.</summary>
[Flags]
internal enum CharacterClass : byte
{
    None = 0,
    Punctuation = 1,
    Symbol = 2,
    Number = 4,
    Word = 8,
    Cased = 16,
    CaseIgnorable = 32,
    HasLower = 64,
}

/// <summary>
/// Character classes and lower case as the reference programs see them (<c>unicode-classes.txt</c>, whose script states its sources): the runtime's own
/// tables are newer and would split text differently.
/// </summary>
internal static class UnicodeClasses
{
    const int BlockBits = 8, BlockSize = 1 << BlockBits;

    static readonly ushort[] BlockOf;                       // code point >> 8 → index of a block
    static readonly CharacterClass[] Blocks;                // equal blocks are stored once
    static readonly Dictionary<int, int> LowerOf = [];

    static UnicodeClasses()
    {
        var flat = new CharacterClass[0x110000];
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("unicode-classes.txt")!);
        while (reader.ReadLine() is { } line)
        {
            string[] entries = line[2..].Split(',');
            if (line[0] == 'L') ReadLower(entries, flat);
            else Mark(entries, ClassOf(line[0]), flat);
        }
        for (int code = 'A'; code <= 'Z'; code++)
        {
            flat[code] |= CharacterClass.HasLower;
            LowerOf[code] = code | 0x20;
        }
        (BlockOf, Blocks) = Compress(flat);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharacterClass Of(int codePoint) => Blocks[(BlockOf[codePoint >> BlockBits] << BlockBits) | (codePoint & (BlockSize - 1))];

    public static bool Is(int codePoint, CharacterClass some) => (Of(codePoint) & some) != 0;

    /// <summary>The one character that <c>str.lower()</c> makes of this one; U+0130, which becomes two, and capital sigma are the caller's.</summary>
    public static int Lower(int codePoint) => Is(codePoint, CharacterClass.HasLower) ? LowerOf[codePoint] : codePoint;

    static CharacterClass ClassOf(char name) => name switch
    {
        'P' => CharacterClass.Punctuation,
        'S' => CharacterClass.Symbol,
        'N' => CharacterClass.Number,
        'W' => CharacterClass.Word,
        'C' => CharacterClass.Cased,
        _ => CharacterClass.CaseIgnorable,
    };

    static void Mark(string[] ranges, CharacterClass marked, CharacterClass[] flat)
    {
        foreach (string range in ranges)
        {
            int dash = range.IndexOf('-', StringComparison.Ordinal);
            int first = Code(dash < 0 ? range : range[..dash]), last = dash < 0 ? first : Code(range[(dash + 1)..]);
            for (int code = first; code <= last; code++) flat[code] |= marked;
        }
    }

    static void ReadLower(string[] pairs, CharacterClass[] flat)
    {
        foreach (string pair in pairs)
        {
            string[] sides = pair.Split(':');
            LowerOf[Code(sides[0])] = Code(sides[1]);
            flat[Code(sides[0])] |= CharacterClass.HasLower;
        }
    }

    static (ushort[] BlockOf, CharacterClass[] Blocks) Compress(CharacterClass[] flat)
    {
        var known = new Dictionary<string, ushort>(StringComparer.Ordinal);
        var blocks = new List<CharacterClass>();
        var blockOf = new ushort[flat.Length / BlockSize];
        for (int block = 0; block < blockOf.Length; block++)
        {
            ReadOnlySpan<CharacterClass> classes = flat.AsSpan(block * BlockSize, BlockSize);
            string key = string.Create(BlockSize, classes.ToArray(), static (chars, from) => { for (int i = 0; i < chars.Length; i++) chars[i] = (char)from[i]; });
            if (!known.TryGetValue(key, out ushort index))
            {
                known[key] = index = (ushort)known.Count;
                blocks.AddRange(classes);
            }
            blockOf[block] = index;
        }
        return (blockOf, [.. blocks]);
    }

    static int Code(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
