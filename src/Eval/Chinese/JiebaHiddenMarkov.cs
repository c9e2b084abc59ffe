using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Juxta.Eval.Chinese;

/// <summary>
/// jieba's model of unknown words: a hidden Markov chain over Begin, Middle, End and Single characters, decoded by Viterbi's algorithm. Of equally probable
/// ways the one whose state letter is larger wins, as in Python's comparison of tuples.
/// </summary>
internal sealed class JiebaHiddenMarkov
{
    const double Impossible = -3.14e100;
    const int Begin = 0, End = 1, Middle = 2, Single = 3; // alphabetical: a larger number is a larger letter
    const int FirstHan = 0x4E00, LastHan = 0x9FD5;

    // Each state comes from one of two others: the former, or the latter, whose letter is larger.
    static ReadOnlySpan<byte> FormerOf => [End, Begin, Begin, End];
    static ReadOnlySpan<byte> LatterOf => [Single, Middle, Middle, Single];

    readonly Vector256<double> _start, _fromFormer, _fromLatter; // one lane for each state
    readonly Vector256<double>[] _emission = new Vector256<double>[LastHan - FirstHan + 1];

    /// <param name="path">hmm_model.utf8 of cppjieba: start line, four transition lines, four lines of character:logarithm, in the order B, E, M, S.</param>
    /// <exception cref="FormatException">Another layout.</exception>
    public JiebaHiddenMarkov(string path)
    {
        string[] lines = [.. File.ReadLines(path, Encoding.UTF8).Where(line => line.Length > 0 && line[0] != '#')];
        if (lines.Length != 9) throw new FormatException($"{path}: expected nine lines of numbers (start, 4 × transition, 4 × emission); found {lines.Length}");
        _start = Vector256.Create(Row(lines[0], path));
        double[][] transitions = [.. lines[1..5].Select(line => Row(line, path))]; // [from][to]
        for (int state = 0; state < 4; state++)
        {
            _fromFormer = _fromFormer.WithElement(state, transitions[FormerOf[state]][state]);
            _fromLatter = _fromLatter.WithElement(state, transitions[LatterOf[state]][state]);
        }
        Array.Fill(_emission, Vector256.Create(Impossible));
        for (int state = 0; state < 4; state++)
        {
            foreach (string pair in lines[5 + state].Split(','))
            {
                if (pair.Length < 3 || pair[1] != ':') throw new FormatException($"{path}: expected 'character:number'; found '{pair}'");
                if (IsHan(pair[0])) _emission[pair[0] - FirstHan] = _emission[pair[0] - FirstHan].WithElement(state, Parse(pair.AsSpan(2), path));
            }
        }
    }

    public static bool IsHan(char c) => c is >= (char)FirstHan and <= (char)LastHan;

    /// <summary>Appends the words of a run of ideographs that begins at <paramref name="offset"/> of its text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Cut(ReadOnlySpan<char> run, int offset, List<Word> words)
    {
        Vector256<long> formers = Vector256.Create((long)End, Begin, Begin, End), latters = Vector256.Create((long)Single, Middle, Middle, Single);
        // A bit for each state that was reached from the latter of its two.
        Span<byte> latter = run.Length <= 256 ? stackalloc byte[run.Length] : new byte[run.Length];
        Vector256<double> now = _start + Emission(run[0]);
        for (int t = 1; t < run.Length; t++)
        {
            Vector256<double> emission = Emission(run[t]);
            Vector256<double> byFormer = Vector256.Shuffle(now, formers) + _fromFormer + emission, byLatter = Vector256.Shuffle(now, latters) + _fromLatter + emission;
            Vector256<double> larger = Vector256.GreaterThanOrEqual(byLatter, byFormer);
            now = Vector256.ConditionalSelect(larger, byLatter, byFormer);
            latter[t] = (byte)larger.ExtractMostSignificantBits();
        }
        Span<byte> states = run.Length <= 256 ? stackalloc byte[run.Length] : new byte[run.Length];
        states[^1] = now[Single] >= now[End] ? (byte)Single : (byte)End;
        for (int t = run.Length - 1; t > 0; t--) states[t - 1] = ((latter[t] >> states[t]) & 1) != 0 ? LatterOf[states[t]] : FormerOf[states[t]];
        int begin = 0, done = 0;
        for (int t = 0; t < run.Length; t++)
        {
            switch ((int)states[t])
            {
                case Begin:
                    begin = t;
                    break;
                case End:
                    words.Add(new Word(offset + begin, t + 1 - begin));
                    done = t + 1;
                    break;
                case Single:
                    words.Add(new Word(offset + t, 1));
                    done = t + 1;
                    break;
            }
        }
        if (done < run.Length) words.Add(new Word(offset + done, run.Length - done));
    }

    Vector256<double> Emission(char c) => _emission[c - FirstHan];

    static double[] Row(string line, string path)
    {
        double[] row = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => Parse(n, path))];
        return row.Length == 4 ? row : throw new FormatException($"{path}: expected four numbers; found '{line}'");
    }

    static double Parse(ReadOnlySpan<char> text, string path) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw new FormatException($"{path}: '{text}' is no number");
}
