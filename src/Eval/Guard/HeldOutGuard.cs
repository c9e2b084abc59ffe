using Juxta.Eval.Suites;

namespace Juxta.Eval.Guard;

/// <summary>
/// Whether samples of a held-out set stand in a training file: word for word, as a near-duplicate (exact Jaccard similarity, no sketch), or by n-grams. A score on
/// a sample that was trained on measures memory.
/// </summary>
public sealed class HeldOutGuard
{
    readonly GuardOptions _options;
    readonly HeldOutIndex _index;

    /// <exception cref="SuiteException">An option is out of its range.</exception>
    public HeldOutGuard(EvalSet set, GuardOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        _options = options ?? new GuardOptions();
        _options.Check();
        _index = new HeldOutIndex(set, _options);
        Set = set;
    }

    public EvalSet Set { get; }

    /// <summary>Compares every record of a training file with every sample.</summary>
    /// <exception cref="SuiteException">There is no such file, or a record of it is damaged.</exception>
    public GuardReport Check(string path, CancellationToken cancel = default)
    {
        var hits = new List<GuardHit>();
        int records = 0;
        foreach (TrainingTexts.Record record in TrainingTexts.Read(path))
        {
            cancel.ThrowIfCancellationRequested();
            records++;
            IReadOnlyList<HeldOutMatch> found = Find(record.Texts);
            if (found.Count == 0) continue;
            int line = record.Line();
            hits.AddRange(found.Select(match => new GuardHit(path, line, match.Sample, match.Kind, match.Share, match.Text)));
        }
        return new GuardReport(records, hits);
    }

    /// <summary>The samples that occur in the texts of one training record, in the set's order.</summary>
    public IReadOnlyList<HeldOutMatch> Find(IReadOnlyList<string> record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var found = new SortedDictionary<int, (LeakKind Kind, double Share, string Text)>();
        ulong[][] texts = [.. record.Select(TextTokens.Of)];
        ulong[] all = [.. texts.SelectMany(tokens => tokens)]; // together, since some shapes cut a question into two fields
        FindWhole(texts, all, found);
        FindNear(texts, found);
        FindOverlap(all, found);
        return [.. found.Select(hit => new HeldOutMatch(_index.Entries[hit.Key].Id, hit.Value.Kind, hit.Value.Share, hit.Value.Text))];
    }

    /// <summary>Why a file that checkpoints are chosen by is not apart from the set; null where it is.</summary>
    /// <exception cref="SuiteException">There is no such file, or a record of it is damaged.</exception>
    public string? CheckValidation(string path, CancellationToken cancel = default)
    {
        int same = Check(path, cancel).Hits.Where(hit => hit.Kind == LeakKind.Question).Select(hit => hit.Sample).Distinct(StringComparer.Ordinal).Count(), all = Set.Samples.Count;
        return same == 0 ? null : same == all
            ? $"validation = test: {path} holds every sample of {Set.Id}. A checkpoint that was chosen by these samples scores too well on them; validate on others"
            : $"validation and test overlap: {path} holds {same} of {all} samples of {Set.Id}. Checkpoints chosen by them score too well; take them out of one of the two";
    }

    void FindWhole(ulong[][] texts, ulong[] all, SortedDictionary<int, (LeakKind, double, string)> found)
    {
        var whole = new HashSet<HeldOutIndex.Part>(ReferenceEqualityComparer.Instance);
        foreach (ulong[] tokens in texts)
        {
            if (tokens.Length > 0 && _index.Short.TryGetValue(HeldOutIndex.Whole(tokens), out List<HeldOutIndex.Part>? parts))
                whole.UnionWith(parts.Where(part => part.Tokens.AsSpan().SequenceEqual(tokens)));
        }
        foreach ((int n, Dictionary<ulong, List<HeldOutIndex.Part>> beginnings) in _index.Beginnings)
        {
            ulong[] ngrams = TextTokens.Ngrams(all, n);
            for (int i = 0; i < ngrams.Length; i++)
            {
                if (beginnings.TryGetValue(ngrams[i], out List<HeldOutIndex.Part>? parts)) whole.UnionWith(parts.Where(part => all.AsSpan(i).StartsWith(part.Tokens)));
            }
        }
        foreach (IGrouping<int, HeldOutIndex.Part> sample in whole.GroupBy(part => part.Sample))
        {
            HeldOutIndex.Part[] questions = [.. _index.Entries[sample.Key].Parts.Where(part => part.IsQuestion)];
            if (questions.Length > 0 && questions.All(whole.Contains)) found[sample.Key] = (LeakKind.Question, 1, questions[^1].Text);
            else if (sample.Where(part => !part.IsQuestion).MinBy(part => part.Place) is { } answer) found[sample.Key] = (LeakKind.Answer, 1, answer.Text);
        }
    }

    void FindNear(ulong[][] texts, SortedDictionary<int, (LeakKind, double, string)> found)
    {
        foreach (ulong[] tokens in texts)
        {
            var shared = new Dictionary<HeldOutIndex.Part, int>(ReferenceEqualityComparer.Instance);
            var pairs = new HashSet<ulong>(TextTokens.Ngrams(tokens, 2));
            foreach (ulong pair in pairs)
            {
                if (!_index.Pairs.TryGetValue(pair, out List<HeldOutIndex.Part>? parts)) continue;
                foreach (HeldOutIndex.Part part in parts) shared[part] = shared.GetValueOrDefault(part) + 1;
            }
            foreach ((HeldOutIndex.Part part, int both) in shared)
            {
                double similarity = (double)both / (pairs.Count + part.Pairs - both);
                if (similarity < _options.Near) continue;
                if (!found.TryGetValue(part.Sample, out (LeakKind Kind, double Share, string Text) before) || (before.Kind == LeakKind.NearDuplicate && similarity > before.Share))
                    found[part.Sample] = (LeakKind.NearDuplicate, similarity, part.Text);
            }
        }
    }

    void FindOverlap(ulong[] all, SortedDictionary<int, (LeakKind, double, string)> found)
    {
        foreach ((int n, Dictionary<ulong, List<int>> samples) in _index.Samples)
        {
            var shared = new Dictionary<int, int>();
            foreach (ulong ngram in new HashSet<ulong>(TextTokens.Ngrams(all, n)))
            {
                if (!samples.TryGetValue(ngram, out List<int>? having)) continue;
                foreach (int sample in having) shared[sample] = shared.GetValueOrDefault(sample) + 1;
            }
            foreach ((int sample, int both) in shared)
            {
                HeldOutIndex.Entry entry = _index.Entries[sample];
                double share = (double)both / entry.Ngrams;
                if (share >= _options.Overlap) found.TryAdd(sample, (LeakKind.Overlap, share, entry.Parts.MaxBy(part => part.Tokens.Length)!.Text));
            }
        }
    }
}
