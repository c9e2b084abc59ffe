namespace Juxta.Engine.Tokenization;

/// <summary>A prefix tree over UTF-16 units, with a number per stored string.</summary>
sealed class Trie
{
    public const int Root = 0;

    readonly Dictionary<long, int> _edges = [];
    readonly List<int> _values = [-1];

    /// <summary>Stores a string; the first of two equal ones keeps its value.</summary>
    public void Add(string text, int value)
    {
        int node = Root;
        foreach (char unit in text)
        {
            long edge = (long)node << 16 | unit;
            if (!_edges.TryGetValue(edge, out int next))
            {
                next = _values.Count;
                _edges.Add(edge, next);
                _values.Add(-1);
            }
            node = next;
        }
        if (_values[node] < 0) _values[node] = value;
    }

    /// <summary>The node one unit further, or -1.</summary>
    public int Step(int node, char unit) => _edges.TryGetValue((long)node << 16 | unit, out int next) ? next : -1;

    /// <summary>The value of the string that ends at a node, or -1.</summary>
    public int ValueAt(int node) => _values[node];
}
