using System.Globalization;
using System.Reflection;
using Juxta.Engine.Tokenization.Patterns;

namespace Juxta.Engine.Tokenization.Unicode;

/// <summary>
/// Character data: general categories from the runtime (Unicode 16 in .NET 10, the same as the regular expressions of the
/// reference tokenizer), the rest from <c>unicode-data.txt</c>, whose script states its sources.
/// </summary>
static class UnicodeData
{
    /// <summary>One step of canonical decomposition.</summary>
    public static Dictionary<int, int[]> Canonical { get; } = [];

    /// <summary>One step of compatibility decomposition.</summary>
    public static Dictionary<int, int[]> Compatible { get; } = [];

    /// <summary>Primary composites: (first, second) packed by <see cref="Pair"/> → composed.</summary>
    public static Dictionary<long, int> Composites { get; } = [];

    static readonly Dictionary<int, byte> CombiningClasses = [];
    static readonly Dictionary<string, List<(int, int)>> NamedRanges = new(StringComparer.Ordinal);
    static readonly Lazy<CodePointSet[]> Categories = new(ReadCategories);

    static UnicodeData()
    {
        HashSet<int> excluded = [];
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("unicode-data.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            string[] fields = line.Split(' ');
            switch (fields[0])
            {
                case "D": Canonical[Code(fields[1])] = [.. fields.Skip(2).Select(Code)]; break;
                case "K": Compatible[Code(fields[1])] = [.. fields.Skip(2).Select(Code)]; break;
                case "X": excluded.Add(Code(fields[1])); break;
                case "C":
                    for (int code = Code(fields[1]); code <= Code(fields[2]); code++)
                        CombiningClasses[code] = byte.Parse(fields[3], CultureInfo.InvariantCulture);
                    break;
                case "S" or "P":
                    string name = fields[1].Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
                    if (!NamedRanges.TryGetValue(name, out var ranges)) NamedRanges[name] = ranges = [];
                    ranges.Add((Code(fields[2]), Code(fields[3])));
                    break;
            }
        }
        foreach (var (composed, parts) in Canonical)
            if (parts.Length == 2 && !excluded.Contains(composed))
                Composites[Pair(parts[0], parts[1])] = composed;

        static int Code(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    public static long Pair(int first, int second) => (long)first << 32 | (uint)second;

    /// <summary>All code points whose combining class is not 0.</summary>
    public static IEnumerable<int> CombiningCodePoints => CombiningClasses.Keys;

    /// <summary>The canonical combining class; 0 for starters.</summary>
    public static int CombiningClass(int codePoint) =>
        codePoint < 0x300 ? 0 : CombiningClasses.GetValueOrDefault(codePoint);

    public static CodePointSet Category(UnicodeCategory category) => Categories.Value[(int)category];

    public static CodePointSet CategoriesOf(params ReadOnlySpan<UnicodeCategory> categories)
    {
        var set = CodePointSet.None;
        foreach (var category in categories) set = set.Union(Category(category));
        return set;
    }

    /// <summary>The code points of a script or property by its lower-case name without underscores; null for an unknown one.</summary>
    public static CodePointSet? Named(string name) =>
        NamedRanges.TryGetValue(name, out var ranges) ? CodePointSet.OfRanges(ranges) : null;

    static CodePointSet[] ReadCategories()
    {
        var ranges = new List<(int First, int Last)>[30];
        for (int i = 0; i < ranges.Length; i++) ranges[i] = [];
        for (int code = 0; code < 0x110000; code++)
        {
            var list = ranges[(int)CharUnicodeInfo.GetUnicodeCategory(code)];
            if (list.Count > 0 && list[^1].Last == code - 1) list[^1] = (list[^1].First, code);
            else list.Add((code, code));
        }
        return [.. ranges.Select(CodePointSet.OfRanges)];
    }
}
