namespace Juxta.Engine.Tokenization.Patterns;

/// <summary>Code points numbered so that two have one number when no set of a list tells them apart.</summary>
sealed class CodePointClasses
{
    readonly byte[] _basicPlane = new byte[0x10000];

    /// <summary>Where stretches of one class begin, ascending from 0, and their classes.</summary>
    readonly int[] _starts;
    readonly byte[] _classes;

    readonly int[] _members;

    CodePointClasses(int[] starts, byte[] classes, int[] members)
    {
        (_starts, _classes, _members) = (starts, classes, members);
        for (int i = 0; i < starts.Length && starts[i] < _basicPlane.Length; i++)
        {
            int end = i + 1 < starts.Length ? Math.Min(starts[i + 1], _basicPlane.Length) : _basicPlane.Length;
            _basicPlane.AsSpan(starts[i]..end).Fill(classes[i]);
        }
    }

    public int Count => _members.Length;

    /// <summary>The classes of UTF-16 units that are code points by themselves.</summary>
    public ReadOnlySpan<byte> BasicPlane => _basicPlane;

    public int Of(int codePoint)
    {
        if (codePoint < _basicPlane.Length) return _basicPlane[codePoint];
        int index = Array.BinarySearch(_starts, codePoint);
        return _classes[index >= 0 ? index : ~index - 1];
    }

    /// <summary>A code point of the class: the sets have all of its members or none.</summary>
    public int MemberOf(int @class) => _members[@class];

    /// <summary>The coarsest classes for some sets; null when they are more than a byte can number.</summary>
    public static CodePointClasses? Of(IReadOnlyCollection<CodePointSet> sets)
    {
        int[] starts = [.. sets.SelectMany(set => set.Ranges).SelectMany(range => new[] { range.First, range.Last + 1 }).Append(0).Where(start => start < 0x110000).Distinct().Order()];
        int[] classes = new int[starts.Length];
        foreach (var set in sets)
        {
            Dictionary<(int, bool), int> refined = [];
            for (int i = 0; i < starts.Length; i++)
            {
                var key = (classes[i], set.Contains(starts[i]));
                if (!refined.TryGetValue(key, out classes[i])) refined[key] = classes[i] = refined.Count;
            }
        }
        int count = classes.Max() + 1;
        return count > byte.MaxValue ? null : new(starts, [.. classes.Select(number => (byte)number)], [.. Enumerable.Range(0, count).Select(number => starts[Array.IndexOf(classes, number)])]);
    }
}
