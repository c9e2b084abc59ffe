namespace Juxta.Engine.Tokenization;

/// <summary>A prefix tree over UTF-16 units, with a number per stored string. Edges lie in one table with open addressing.</summary>
sealed class Trie
{
    public const int Root = 0;
    const long Empty = -1;

    readonly List<int> _values = [-1];
    long[] _edges = NewTable(16);
    int[] _targets = new int[16];
    int _count;

    /// <summary>Stores a string; the first of two equal ones keeps its value.</summary>
    public void Add(string text, int value)
    {
        int node = Root;
        foreach (char unit in text)
        {
            int next = Step(node, unit);
            if (next < 0)
            {
                next = _values.Count;
                _values.Add(-1);
                if (++_count * 2 > _edges.Length) Grow();
                Insert((long)node << 16 | unit, next);
            }
            node = next;
        }
        if (_values[node] < 0) _values[node] = value;
    }

    /// <summary>The node one unit further, or -1.</summary>
    public int Step(int node, char unit)
    {
        long edge = (long)node << 16 | unit;
        for (int slot = SlotOf(edge); ; slot = (slot + 1) & (_edges.Length - 1))
        {
            if (_edges[slot] == edge) return _targets[slot];
            if (_edges[slot] == Empty) return -1;
        }
    }

    /// <summary>The value of the string that ends at a node, or -1.</summary>
    public int ValueAt(int node) => _values[node];

    void Grow()
    {
        var (edges, targets) = (_edges, _targets);
        _edges = NewTable(edges.Length * 2);
        _targets = new int[edges.Length * 2];
        for (int i = 0; i < edges.Length; i++)
            if (edges[i] != Empty) Insert(edges[i], targets[i]);
    }

    void Insert(long edge, int target)
    {
        int slot = SlotOf(edge);
        while (_edges[slot] != Empty) slot = (slot + 1) & (_edges.Length - 1);
        (_edges[slot], _targets[slot]) = (edge, target);
    }

    int SlotOf(long edge) => (int)((ulong)edge * 0x9E3779B97F4A7C15 >> 32) & (_edges.Length - 1);

    static long[] NewTable(int length)
    {
        long[] table = new long[length];
        Array.Fill(table, Empty);
        return table;
    }
}
