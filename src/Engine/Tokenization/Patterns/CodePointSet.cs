namespace Juxta.Engine.Tokenization.Patterns;

/// <summary>An immutable set of Unicode code points: sorted ranges for set algebra, a bitmap of the basic plane for speed.</summary>
sealed class CodePointSet
{
    const int End = 0x110000;

    /// <summary>Borders where membership toggles, ascending: [b0, b1) is in, [b1, b2) is out, …</summary>
    readonly int[] _borders;
    readonly ulong[] _basicPlane = new ulong[0x10000 / 64];

    CodePointSet(List<int> borders)
    {
        _borders = [.. borders];
        for (int i = 0; i < _borders.Length && _borders[i] < 0x10000; i += 2)
        {
            int end = Math.Min(_borders[i + 1], 0x10000);
            for (int code = _borders[i]; code < end; code++)
                _basicPlane[code >> 6] |= 1UL << (code & 63);
        }
    }

    public static CodePointSet None { get; } = new([]);
    public static CodePointSet All { get; } = new([0, End]);

    public static CodePointSet Of(int codePoint) => new([codePoint, codePoint + 1]);

    /// <summary>The union of inclusive ranges, in any order.</summary>
    public static CodePointSet OfRanges(IEnumerable<(int First, int Last)> ranges)
    {
        List<int> borders = [];
        foreach (var (first, last) in ranges.OrderBy(range => range.First))
        {
            if (borders.Count > 0 && first <= borders[^1])
                borders[^1] = Math.Max(borders[^1], last + 1);
            else
                borders.AddRange([first, last + 1]);
        }
        return new(borders);
    }

    public bool IsEmpty => _borders.Length == 0;

    public bool Contains(int codePoint) =>
        (uint)codePoint < 0x10000
            ? (_basicPlane[codePoint >> 6] >> (codePoint & 63) & 1) != 0
            : ContainsAstral(codePoint);

    bool ContainsAstral(int codePoint)
    {
        int index = Array.BinarySearch(_borders, codePoint);
        // Bordered exactly: even borders open a range. Between borders: the one to the left decides.
        return index >= 0 ? (index & 1) == 0 : (~index & 1) == 1;
    }

    public IEnumerable<(int First, int Last)> Ranges
    {
        get
        {
            for (int i = 0; i < _borders.Length; i += 2)
                yield return (_borders[i], _borders[i + 1] - 1);
        }
    }

    public CodePointSet Complement()
    {
        List<int> borders = [.. _borders];
        if (borders.Count > 0 && borders[0] == 0) borders.RemoveAt(0);
        else borders.Insert(0, 0);
        if (borders.Count > 0 && borders[^1] == End) borders.RemoveAt(borders.Count - 1);
        else borders.Add(End);
        return new(borders);
    }

    public CodePointSet Union(CodePointSet other) =>
        IsEmpty ? other : other.IsEmpty ? this : OfRanges(Ranges.Concat(other.Ranges));

    public CodePointSet Intersect(CodePointSet other) => Complement().Union(other.Complement()).Complement();
}
