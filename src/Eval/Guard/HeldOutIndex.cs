using Juxta.Eval.Suites;

namespace Juxta.Eval.Guard;

/// <summary>The samples of a set, arranged so that one pass over a training record finds all that occur in it.</summary>
internal sealed class HeldOutIndex
{
    /// <summary>A question of the user's or a reference answer of a sample.</summary>
    /// <param name="Sample">Index of its sample.</param>
    /// <param name="Place">Index among the sample's parts.</param>
    /// <param name="Long">Has an n-gram at least: short texts recur by chance.</param>
    internal sealed record Part(int Sample, int Place, bool IsQuestion, bool Long, string Text, ulong[] Tokens, int Pairs);

    /// <param name="N">Length of its n-grams.</param>
    /// <param name="Ngrams">Number of different n-grams in its parts.</param>
    internal sealed record Entry(string Id, int N, int Ngrams, IReadOnlyList<Part> Parts);

    public HeldOutIndex(EvalSet set, GuardOptions options)
    {
        for (int i = 0; i < set.Samples.Count; i++)
        {
            EvalSample sample = set.Samples[i];
            (string Text, bool Question)[] texts =
            [
                .. sample.Messages.Where(m => m.Role == EvalMessage.User).Select(m => (m.Content, true)),
                .. sample.References.Select(r => (r, false)),
            ];
            int n = TextTokens.WithoutSpaces(string.Concat(texts.Select(t => t.Text))) ? options.Characters : options.Words;
            var parts = new List<Part>();
            var ngrams = new HashSet<ulong>();
            foreach ((string text, bool question) in texts)
            {
                ulong[] tokens = TextTokens.Of(text);
                if (tokens.Length == 0) continue;
                var part = new Part(i, parts.Count, question, tokens.Length >= n, text, tokens, new HashSet<ulong>(TextTokens.Ngrams(tokens, 2)).Count);
                parts.Add(part);
                AddPart(part, n);
                ngrams.UnionWith(TextTokens.Ngrams(tokens, n));
            }
            foreach (ulong ngram in ngrams) Put(NgramsOf(n), ngram, i);
            Entries.Add(new Entry(sample.Id, n, ngrams.Count, parts));
        }
    }

    public List<Entry> Entries { get; } = [];

    /// <summary>By length of n-grams: which samples have an n-gram.</summary>
    public Dictionary<int, Dictionary<ulong, List<int>>> Samples { get; } = [];

    /// <summary>By length of n-grams: which long parts begin with an n-gram.</summary>
    public Dictionary<int, Dictionary<ulong, List<Part>>> Beginnings { get; } = [];

    /// <summary>Short questions by all their tokens.</summary>
    public Dictionary<ulong, List<Part>> Short { get; } = [];

    /// <summary>Which long parts have a pair of tokens.</summary>
    public Dictionary<ulong, List<Part>> Pairs { get; } = [];

    public static ulong Whole(ReadOnlySpan<ulong> tokens) => TextTokens.Ngrams(tokens, tokens.Length)[0];

    void AddPart(Part part, int n)
    {
        if (!part.Long)
        {
            if (part.IsQuestion) Put(Short, Whole(part.Tokens), part);
            return;
        }
        if (!Beginnings.TryGetValue(n, out Dictionary<ulong, List<Part>>? beginnings)) Beginnings[n] = beginnings = [];
        Put(beginnings, TextTokens.Ngrams(part.Tokens.AsSpan(0, n), n)[0], part);
        foreach (ulong pair in TextTokens.Ngrams(part.Tokens, 2).Distinct()) Put(Pairs, pair, part);
    }

    Dictionary<ulong, List<int>> NgramsOf(int n)
    {
        if (!Samples.TryGetValue(n, out Dictionary<ulong, List<int>>? ngrams)) Samples[n] = ngrams = [];
        return ngrams;
    }

    static void Put<T>(Dictionary<ulong, List<T>> lists, ulong key, T value)
    {
        if (!lists.TryGetValue(key, out List<T>? list)) lists[key] = list = [];
        list.Add(value);
    }
}
