using System.Runtime.CompilerServices;
using Juxta.Eval.Text;

namespace Juxta.Eval.Chinese;

/// <summary>A word by its place in a text, in UTF-16 units.</summary>
internal readonly record struct Word(int Start, int Length);

/// <summary>
/// Chinese word segmentation that agrees with jieba 0.42.1 in precise mode: the most probable path through the words that the dictionary finds, and a hidden
/// Markov model for what it does not know. Safe to use from several threads.
/// </summary>
public sealed class Jieba
{
    static readonly Lazy<Jieba> Shared = new(() => new Jieba(JiebaData.Find()), LazyThreadSafetyMode.PublicationOnly);

    readonly JiebaDictionary _dictionary;
    readonly JiebaHiddenMarkov _model;

    /// <summary>Reads <c>dict.txt</c> and <c>hmm_model.utf8</c> of a folder.</summary>
    /// <exception cref="Metrics.MetricException">The folder lacks one of them, or one cannot be read.</exception>
    public Jieba(string folder)
    {
        try
        {
            _dictionary = new JiebaDictionary(Path.Combine(folder, JiebaData.DictionaryFile));
            _model = new JiebaHiddenMarkov(Path.Combine(folder, JiebaData.ModelFile));
        }
        catch (Exception error) when (error is IOException or FormatException or UnauthorizedAccessException)
        {
            throw new Metrics.MetricException($"jieba's data in {folder} cannot be used: {error.Message}; remove the folder to have it fetched again", error);
        }
    }

    /// <summary>The segmentation with the installed data.</summary>
    /// <exception cref="Metrics.MetricException">The data is not installed; the message says how to.</exception>
    public static Jieba Default => Shared.Value;

    /// <summary>The words of a text, white space and punctuation included: together they are the text.</summary>
    /// <param name="useModel">Join unknown characters by the hidden Markov model (jieba's HMM).</param>
    public IReadOnlyList<string> Cut(string text, bool useModel = true)
    {
        var words = new List<Word>();
        Cut(text, words, useModel);
        var cut = new string[words.Count];
        for (int i = 0; i < cut.Length; i++) cut[i] = text.Substring(words[i].Start, words[i].Length);
        return cut;
    }

    internal void Cut(ReadOnlySpan<char> text, List<Word> words, bool useModel = true)
    {
        for (int i = 0; i < text.Length;)
        {
            int end = i;
            while (end < text.Length && InBlock(text[end])) end++;
            if (end > i)
            {
                CutBlock(text[i..end], i, words, useModel);
                i = end;
                continue;
            }
            PythonText.CodePointAt(text, i, out int units);
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n') units = 2;
            words.Add(new Word(i, units));
            i += units;
        }
    }

    static bool InBlock(char c) => c < 128 ? char.IsAsciiLetterOrDigit(c) || c is '+' or '#' or '&' or '.' or '_' or '%' or '-' : JiebaHiddenMarkov.IsHan(c);

    void CutBlock(ReadOnlySpan<char> block, int offset, List<Word> words, bool useModel)
    {
        Span<int> ends = block.Length <= 512 ? stackalloc int[block.Length] : new int[block.Length];
        BestPath(block, ends);
        if (useModel) JoinUnknown(block, ends, offset, words);
        else JoinLatin(block, ends, offset, words);
    }

    /// <summary>For each position the end of the word that the best path from there takes; of equal paths the longer word wins.</summary>
    // A corpus is cut once: much of it would be over before the runtime had noticed the hot loop and compiled it anew.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void BestPath(ReadOnlySpan<char> block, Span<int> ends)
    {
        Span<double> best = block.Length <= 512 ? stackalloc double[block.Length + 1] : new double[block.Length + 1];
        best[^1] = 0;
        for (int start = block.Length - 1; start >= 0; start--)
        {
            double most = double.NegativeInfinity;
            int end = start + 1;
            ref readonly JiebaDictionary.Edge edge = ref _dictionary.First(block[start]);
            for (int i = start; edge.Link != 0; edge = ref _dictionary.Next(edge.Node, block[i]))
            {
                i++;
                double path = edge.Weight + best[i]; // NaN, and never the most, where no word ends
                if (path >= most)
                {
                    most = path;
                    end = i;
                }
                if (i == block.Length || !edge.Continues) break;
            }
            best[start] = double.IsNegativeInfinity(most) ? _dictionary.UnknownWeight + best[start + 1] : most;
            ends[start] = end;
        }
    }

    /// <summary>Takes the path's words; runs of single characters that are no word together go through the model.</summary>
    void JoinUnknown(ReadOnlySpan<char> block, ReadOnlySpan<int> ends, int offset, List<Word> words)
    {
        int run = 0, i = 0;
        for (; i < block.Length; i = ends[i])
        {
            if (ends[i] == i + 1) continue;
            TakeRun(block[run..i], offset + run, words);
            words.Add(new Word(offset + i, ends[i] - i));
            run = ends[i];
        }
        TakeRun(block[run..], offset + run, words);
    }

    void TakeRun(ReadOnlySpan<char> run, int offset, List<Word> words)
    {
        if (run.Length == 1 || (run.Length > 1 && _dictionary.Contains(run)))
        {
            for (int i = 0; i < run.Length; i++) words.Add(new Word(offset + i, 1));
            return;
        }
        for (int i = 0; i < run.Length;)
        {
            int end = i;
            bool han = JiebaHiddenMarkov.IsHan(run[i]);
            while (end < run.Length && JiebaHiddenMarkov.IsHan(run[end]) == han) end++;
            if (han) _model.Cut(run[i..end], offset + i, words);
            else CutLatin(run[i..end], offset + i, words);
            i = end;
        }
    }

    /// <summary>Pieces of <c>[a-zA-Z0-9]+(\.\d+)?%?</c> and what lies between them.</summary>
    static void CutLatin(ReadOnlySpan<char> run, int offset, List<Word> words)
    {
        for (int i = 0; i < run.Length;)
        {
            int end = i;
            while (end < run.Length && char.IsAsciiLetterOrDigit(run[end])) end++;
            if (end == i)
            {
                while (end < run.Length && !char.IsAsciiLetterOrDigit(run[end])) end++;
            }
            else
            {
                int fraction = end + 1;
                while (fraction < run.Length && char.IsAsciiDigit(run[fraction])) fraction++;
                if (end < run.Length && run[end] == '.' && fraction > end + 1) end = fraction;
                if (end < run.Length && run[end] == '%') end++;
            }
            words.Add(new Word(offset + i, end - i));
            i = end;
        }
    }

    /// <summary>Without the model: single letters and digits in a row are one word, everything else is as the path has it.</summary>
    static void JoinLatin(ReadOnlySpan<char> block, ReadOnlySpan<int> ends, int offset, List<Word> words)
    {
        int run = 0, i = 0;
        for (; i < block.Length; i = ends[i])
        {
            if (ends[i] == i + 1 && char.IsAsciiLetterOrDigit(block[i])) continue;
            if (i > run) words.Add(new Word(offset + run, i - run));
            words.Add(new Word(offset + i, ends[i] - i));
            run = ends[i];
        }
        if (i > run) words.Add(new Word(offset + run, i - run));
    }
}
