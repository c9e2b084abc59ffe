using System.Globalization;
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

    static readonly int[][] Before = [[End, Single], [Begin, Middle], [Begin, Middle], [End, Single]];

    readonly double[] _start;
    readonly double[][] _transition;                 // [from][to]
    readonly double[] _emission = new double[(LastHan - FirstHan + 1) * 4];

    /// <param name="path">hmm_model.utf8 of cppjieba: start line, four transition lines, four lines of character:logarithm, in the order B, E, M, S.</param>
    /// <exception cref="FormatException">Another layout.</exception>
    public JiebaHiddenMarkov(string path)
    {
        string[] lines = [.. File.ReadLines(path, Encoding.UTF8).Where(line => line.Length > 0 && line[0] != '#')];
        if (lines.Length != 9) throw new FormatException($"{path}: expected nine lines of numbers (start, 4 × transition, 4 × emission); found {lines.Length}");
        _start = Row(lines[0], path);
        _transition = [.. lines[1..5].Select(line => Row(line, path))];
        Array.Fill(_emission, Impossible);
        for (int state = 0; state < 4; state++)
        {
            foreach (string pair in lines[5 + state].Split(','))
            {
                if (pair.Length < 3 || pair[1] != ':') throw new FormatException($"{path}: expected 'character:number'; found '{pair}'");
                if (IsHan(pair[0])) _emission[(pair[0] - FirstHan) * 4 + state] = Parse(pair.AsSpan(2), path);
            }
        }
    }

    public static bool IsHan(char c) => c is >= (char)FirstHan and <= (char)LastHan;

    /// <summary>Appends the words of a run of ideographs that begins at <paramref name="offset"/> of its text.</summary>
    public void Cut(ReadOnlySpan<char> run, int offset, List<Word> words)
    {
        Span<byte> cameFrom = run.Length <= 256 ? stackalloc byte[run.Length * 4] : new byte[run.Length * 4];
        Span<double> now = stackalloc double[4], next = stackalloc double[4];
        for (int state = 0; state < 4; state++) now[state] = _start[state] + Emission(run[0], state);
        for (int t = 1; t < run.Length; t++)
        {
            for (int state = 0; state < 4; state++)
            {
                int first = Before[state][0], second = Before[state][1];
                double emission = Emission(run[t], state);
                double byFirst = now[first] + _transition[first][state] + emission, bySecond = now[second] + _transition[second][state] + emission;
                bool larger = bySecond >= byFirst;
                next[state] = larger ? bySecond : byFirst;
                cameFrom[t * 4 + state] = (byte)(larger ? second : first);
            }
            next.CopyTo(now);
        }
        Span<byte> states = run.Length <= 256 ? stackalloc byte[run.Length] : new byte[run.Length];
        states[^1] = (byte)(now[Single] >= now[End] ? Single : End);
        for (int t = run.Length - 1; t > 0; t--) states[t - 1] = cameFrom[t * 4 + states[t]];
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

    double Emission(char c, int state) => _emission[(c - FirstHan) * 4 + state];

    static double[] Row(string line, string path)
    {
        double[] row = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => Parse(n, path))];
        return row.Length == 4 ? row : throw new FormatException($"{path}: expected four numbers; found '{line}'");
    }

    static double Parse(ReadOnlySpan<char> text, string path) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw new FormatException($"{path}: '{text}' is no number");
}
