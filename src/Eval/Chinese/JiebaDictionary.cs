using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Juxta.Eval.Chinese;

/// <summary>
/// jieba's dictionary as a trie: words with ln(frequency / total). A first unit leads to its node by a table; every other edge (node, UTF-16 unit) → node lies in one
/// hash table, 16 bytes with the weight of the word that ends there, so that a step reads one line of the cache.
/// </summary>
internal sealed class JiebaDictionary
{
    /// <summary>
    /// jieba 0.42.1 adds up the frequencies of all lines, one word standing there twice. Copies of the dictionary without the second line miss its 3; their
    /// total is put right so that weights are jieba's.
    /// </summary>
    const long PublishedTotal = 60_101_967, TotalWithoutDuplicate = 60_101_964;

    const int NodeBits = 23, MostNodes = 1 << NodeBits;

    readonly Edge[] _first = new Edge[char.MaxValue + 1];
    readonly Edge[] _edges;
    int _nodes = 1; // 0 is no node

    /// <summary>ln of one occurrence in the whole: the weight of a character that is no word.</summary>
    public double UnknownWeight { get; }

    /// <exception cref="FormatException">A line that is not "word frequency [tag]", or more words than the trie has room for.</exception>
    public JiebaDictionary(string path)
    {
        (string Word, long Frequency)[] words = [.. Read(path)];
        long letters = words.Sum(word => (long)word.Word.Length);
        if (letters >= MostNodes) throw new FormatException($"{path}: words of {letters} letters in all; the most is {MostNodes - 1}");
        // Words share beginnings: about half of their letters are nodes of their own, so chains stay short.
        _edges = new Edge[BitOperations.RoundUpToPowerOf2((uint)letters + 1)];
        long total = words.Sum(word => word.Frequency);
        if (total == TotalWithoutDuplicate) total = PublishedTotal;
        double logTotal = Math.Log(total);
        UnknownWeight = Math.Log(1) - logTotal;
        foreach ((string word, long frequency) in words)
        {
            ref Edge edge = ref Add(word);
            edge.Weight = frequency > 0 ? Math.Log(frequency) - logTotal : double.NaN;
        }
    }

    /// <summary>The way into a trie from a text's first unit; an edge to nowhere where no word begins with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly Edge First(char unit) => ref _first[unit];

    /// <summary>The edge from a node that others follow (<see cref="Edge.Node"/>) by one more unit, or an edge to nowhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly Edge Next(int node, char unit) => ref Place(Key(node, unit));

    /// <summary>Whether a text of one unit or more is a word.</summary>
    public bool Contains(ReadOnlySpan<char> text)
    {
        ref readonly Edge edge = ref First(text[0]);
        for (int i = 1; i < text.Length; i++)
        {
            if (!edge.Continues) return false;
            edge = ref Next(edge.Node, text[i]);
        }
        return edge.IsWord;
    }

    /// <summary>The edge that a word's last unit takes, made with all before it where they are not there yet.</summary>
    ref Edge Add(string word)
    {
        ref Edge edge = ref _first[word[0]];
        if (edge.Link == 0) edge = Edge.To(0, _nodes++);
        foreach (char unit in word.AsSpan(1))
        {
            edge.LetOthersFollow();
            ulong key = Key(edge.Node, unit);
            edge = ref Place(key);
            if (edge.Link == 0) edge = Edge.To(key, _nodes++);
        }
        return ref edge;
    }

    /// <summary>Where an edge lies, or would.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    ref Edge Place(ulong key)
    {
        Edge[] edges = _edges;
        int at = Slot(key, edges.Length);
        while (edges[at].Link != 0 && edges[at].Key != key) at = (at + 1) & (edges.Length - 1);
        return ref edges[at];
    }

    static ulong Key(int node, char unit) => ((ulong)node << 16) | unit;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Slot(ulong key, int slots) => (int)((key * 0x9E3779B97F4A7C15UL) >> 32) & (slots - 1);

    /// <summary>An edge with the node that it leads to. All zero, it leads nowhere.</summary>
    internal struct Edge
    {
        const ulong Followed = 1UL << 63;

        /// <summary>From a node (23 bits) by a unit (16) to a node (23); the highest bit says that edges lead on from there.</summary>
        public ulong Link;

        /// <summary>ln of the share of the word that ends here; NaN where it is only the beginning of words.</summary>
        public double Weight;

        public static Edge To(ulong key, int node) => new() { Link = (key << NodeBits) | (uint)node, Weight = double.NaN };

        public readonly ulong Key => (Link & ~Followed) >> NodeBits;

        public readonly int Node => (int)Link & (MostNodes - 1);

        /// <summary>Whether longer words go on from here.</summary>
        public readonly bool Continues => (Link & Followed) != 0;

        /// <summary>Whether a word ends here.</summary>
        public readonly bool IsWord => Link != 0 && !double.IsNaN(Weight);

        public void LetOthersFollow() => Link |= Followed;
    }

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
