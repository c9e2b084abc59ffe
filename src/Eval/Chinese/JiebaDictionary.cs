using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Juxta.Eval.Chinese;

/// <summary>
/// jieba's dictionary as a trie: words with ln(frequency / total). Edges (node, UTF-16 unit) → node lie in one hash table; a node of a prefix that is no
/// word has no weight.
/// </summary>
internal sealed class JiebaDictionary
{
    public const int Root = 0, None = -1;

    /// <summary>
    /// jieba 0.42.1 adds up the frequencies of all lines, one word standing there twice. Copies of the dictionary without the second line miss its 3; their
    /// total is put right so that weights are jieba's.
    /// </summary>
    const long PublishedTotal = 60_101_967, TotalWithoutDuplicate = 60_101_964;

    readonly ulong[] _keys;   // node << 16 | unit, + 1 so that 0 is free
    readonly int[] _targets;
    readonly double[] _weights;

    /// <summary>ln of one occurrence in the whole: the weight of a character that is no word.</summary>
    public double UnknownWeight { get; }

    /// <exception cref="FormatException">A line that is not "word frequency [tag]".</exception>
    public JiebaDictionary(string path)
    {
        (string Word, long Frequency)[] words = [.. Read(path)];
        int nodes = words.Sum(w => w.Word.Length) + 1;
        // Words share beginnings: about half of their letters are nodes of their own. Twice as many slots as letters keeps chains short.
        _keys = new ulong[BitOperations.RoundUpToPowerOf2((uint)nodes)];
        _targets = new int[_keys.Length];
        var frequencies = new List<long> { 0 };
        long total = 0;
        foreach ((string word, long frequency) in words)
        {
            total += frequency;
            int node = Root;
            foreach (char unit in word) node = GetOrAdd(node, unit, frequencies);
            frequencies[node] = frequency;
        }
        if (total == TotalWithoutDuplicate) total = PublishedTotal;
        double logTotal = Math.Log(total);
        UnknownWeight = Math.Log(1) - logTotal;
        _weights = [.. frequencies.Select(f => f > 0 ? Math.Log(f) - logTotal : double.NaN)];
    }

    /// <summary>The node after one more unit, or <see cref="None"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(int node, char unit)
    {
        ulong key = Key(node, unit);
        ulong[] keys = _keys;
        for (int at = Slot(key, keys.Length); keys[at] != 0; at = (at + 1) & (keys.Length - 1))
        {
            if (keys[at] == key) return _targets[at];
        }
        return None;
    }

    /// <summary>The weight of a node's word; NaN where it is a prefix only.</summary>
    public double Weight(int node) => _weights[node];

    /// <summary>Whether a text is a word.</summary>
    public bool Contains(ReadOnlySpan<char> text)
    {
        int node = Root;
        foreach (char unit in text)
        {
            node = Next(node, unit);
            if (node == None) return false;
        }
        return !double.IsNaN(_weights[node]);
    }

    int GetOrAdd(int node, char unit, List<long> frequencies)
    {
        ulong key = Key(node, unit);
        int at = Slot(key, _keys.Length);
        while (_keys[at] != 0 && _keys[at] != key) at = (at + 1) & (_keys.Length - 1);
        if (_keys[at] == 0)
        {
            _keys[at] = key;
            _targets[at] = frequencies.Count;
            frequencies.Add(0);
        }
        return _targets[at];
    }

    static ulong Key(int node, char unit) => (((ulong)node << 16) | unit) + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Slot(ulong key, int slots) => (int)((key * 0x9E3779B97F4A7C15UL) >> 32) & (slots - 1);

    static IEnumerable<(string Word, long Frequency)> Read(string path)
    {
        int number = 0;
        foreach (string line in File.ReadLines(path, Encoding.UTF8))
        {
            number++;
            string trimmed = line.Trim();
            if (trimmed.Length == 0) continue;
            int space = trimmed.IndexOf(' ', StringComparison.Ordinal), end = space < 0 ? -1 : trimmed.IndexOf(' ', space + 1);
            if (space < 0 || !long.TryParse(trimmed.AsSpan(space + 1, (end < 0 ? trimmed.Length : end) - space - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long frequency))
                throw new FormatException($"{path}:{number}: expected 'word frequency [tag]'; found '{trimmed}'");
            yield return (trimmed[..space], frequency);
        }
    }
}
