using System.Runtime.CompilerServices;

namespace Juxta.Eval.Text;

/// <summary>
/// The n-grams of a text as a trie whose edges lie in one hash table: (node, token) → node. A node is an n-gram, exactly, so nothing is hashed to a number
/// that could collide and no string is made. Counting the matches of another text walks the trie and stops where an n-gram is unknown, since then every
/// longer one is unknown too.
/// </summary>
internal sealed class NgramTrie
{
    const int Root = 0, Unknown = -1;

    struct Edge
    {
        public int Stamp, From, Token, To;
    }

    struct Node
    {
        public int Reference, InReference, Most, Seen;
    }

    Edge[] _edges = new Edge[1024];
    Node[] _nodes = new Node[512];
    int _stamp, _count, _references;

    /// <summary>Forgets all n-grams.</summary>
    public void Clear()
    {
        _count = 1;
        _references = 0;
        if (++_stamp != int.MaxValue) return;
        Array.Clear(_edges);
        _stamp = 1;
    }

    /// <summary>Adds the n-grams of order 1 to <paramref name="orders"/>; of several texts, each n-gram keeps its largest count.</summary>
    public void Add(ReadOnlySpan<int> tokens, int orders)
    {
        Reserve((int)Math.Min((long)tokens.Length * orders, int.MaxValue / 4));
        int reference = ++_references;
        for (int start = 0; start < tokens.Length; start++)
        {
            int end = Math.Min(start + orders, tokens.Length), node = Root;
            for (int i = start; i < end; i++)
            {
                node = GetOrAdd(node, tokens[i]);
                ref Node entry = ref _nodes[node];
                if (entry.Reference != reference)
                {
                    entry.Reference = reference;
                    entry.InReference = 0;
                }
                if (++entry.InReference > entry.Most) entry.Most = entry.InReference;
            }
        }
    }

    /// <summary>Adds to matches[n − 1] how many n-grams of this text occur among the added ones, each at most as often as there. Once between two Clear.</summary>
    public void CountMatches(ReadOnlySpan<int> tokens, Span<double> matches)
    {
        for (int start = 0; start < tokens.Length; start++)
        {
            int end = Math.Min(start + matches.Length, tokens.Length), node = Root;
            for (int i = start; i < end; i++)
            {
                node = Find(node, tokens[i]);
                if (node == Unknown) break;
                ref Node entry = ref _nodes[node];
                if (entry.Seen++ < entry.Most) matches[i - start]++;
            }
        }
    }

    /// <summary>How many different n-grams of exactly this order a text has. Clears the trie.</summary>
    public int Distinct(ReadOnlySpan<int> tokens, int order)
    {
        Clear();
        Reserve((int)Math.Min((long)tokens.Length * order, int.MaxValue / 4));
        int distinct = 0;
        for (int start = 0; start + order <= tokens.Length; start++)
        {
            int node = Root;
            for (int i = start; i < start + order; i++) node = GetOrAdd(node, tokens[i]);
            if (_nodes[node].Seen++ == 0) distinct++;
        }
        return distinct;
    }

    /// <summary>How many different n-grams of this text are among those of the text that <see cref="Distinct"/> was last given. Once for each.</summary>
    public int DistinctShared(ReadOnlySpan<int> tokens, int order)
    {
        int shared = 0;
        for (int start = 0; start + order <= tokens.Length; start++)
        {
            int node = Root;
            for (int i = start; i < start + order && node != Unknown; i++) node = Find(node, tokens[i]);
            if (node == Unknown || _nodes[node].Seen == 0) continue;
            _nodes[node].Seen = 0;
            shared++;
        }
        return shared;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Hash(int from, int token) => ((uint)from * 0x9E3779B1u) ^ ((uint)token * 0x85EBCA77u);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Find(int from, int token)
    {
        Edge[] edges = _edges;
        uint hash = Hash(from, token);
        for (int at = (int)((hash ^ (hash >> 16)) & (uint)(edges.Length - 1)); ; at = (at + 1) & (edges.Length - 1))
        {
            ref Edge edge = ref edges[at];
            if (edge.Stamp != _stamp) return Unknown;
            if (edge.From == from && edge.Token == token) return edge.To;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int GetOrAdd(int from, int token)
    {
        Edge[] edges = _edges;
        uint hash = Hash(from, token);
        for (int at = (int)((hash ^ (hash >> 16)) & (uint)(edges.Length - 1)); ; at = (at + 1) & (edges.Length - 1))
        {
            ref Edge edge = ref edges[at];
            if (edge.Stamp != _stamp)
            {
                edge.Stamp = _stamp;
                edge.From = from;
                edge.Token = token;
                edge.To = _count;
                _nodes[_count] = default;
                return _count++;
            }
            if (edge.From == from && edge.Token == token) return edge.To;
        }
    }

    /// <summary>Makes room for this many more n-grams, so that the loops need not look.</summary>
    void Reserve(int more)
    {
        int needed = _count + more + 1;
        if (_nodes.Length < needed) Array.Resize(ref _nodes, Math.Max(needed, _nodes.Length * 2));
        if (_edges.Length >= needed * 2L) return;
        Edge[] old = _edges;
        _edges = new Edge[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)needed * 2)];
        foreach (Edge edge in old)
        {
            if (edge.Stamp != _stamp) continue;
            uint hash = Hash(edge.From, edge.Token);
            int at = (int)((hash ^ (hash >> 16)) & (uint)(_edges.Length - 1));
            while (_edges[at].Stamp == _stamp) at = (at + 1) & (_edges.Length - 1);
            _edges[at] = edge;
        }
    }
}
