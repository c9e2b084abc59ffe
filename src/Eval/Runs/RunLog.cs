using System.Text;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Runs;

/// <summary>
/// The answers of a run as JSON Lines, only ever added to (design D10). A line counts once it ends with a line feed: what a kill left of a last one is cut
/// away when the run goes on, and that sample is asked again.
/// </summary>
internal sealed class RunLog : IDisposable
{
    public const string FileName = "answers.jsonl";

    readonly FileStream _file;
    readonly Lock _lock = new();
    readonly Dictionary<(int Setting, string Sample), SampleResult> _results;

    /// <summary>Opens a log to go on with, or begins one. No other process may write to it meanwhile.</summary>
    /// <exception cref="SuiteException">A line is damaged, doubled, or of no sample of the run.</exception>
    public RunLog(string folder, EvalSet set)
    {
        string path = Path.Combine(folder, FileName);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            var bytes = new byte[_file.Length];
            _file.ReadExactly(bytes);
            (_results, int whole) = Read(path, bytes, set);
            _file.SetLength(whole);
            _file.Position = whole;
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>What is there, by setting and sample: a snapshot.</summary>
    public Dictionary<(int Setting, string Sample), SampleResult> Results
    {
        get
        {
            lock (_lock) return new(_results);
        }
    }

    public int Count
    {
        get
        {
            lock (_lock) return _results.Count;
        }
    }

    /// <summary>The answers of a log that may still be growing, or none where there is none; a line without its end is passed over.</summary>
    /// <exception cref="SuiteException">A line is damaged, doubled, or of no sample of the run.</exception>
    public static Dictionary<(int Setting, string Sample), SampleResult> ReadAll(string folder, EvalSet set)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return Read(path, bytes, set).Results;
    }

    static (Dictionary<(int Setting, string Sample), SampleResult> Results, int Whole) Read(string path, byte[] bytes, EvalSet set)
    {
        var results = new Dictionary<(int, string), SampleResult>();
        var known = set.Samples.Select(sample => sample.Id).ToHashSet(StringComparer.Ordinal);
        int whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        string[] lines = Encoding.UTF8.GetString(bytes, 0, whole).Split('\n');
        for (int i = 0; i < lines.Length - 1; i++)
        {
            SampleResult result = SampleResult.Parse(lines[i])
                ?? throw new SuiteException($"{path}:{i + 1}: this is no answer of a run; remove the line, and its sample is asked again");
            if (result.Setting < 0 || result.Setting >= set.Settings.Count || !known.Contains(result.Sample))
                throw new SuiteException($"{path}:{i + 1}: the run has no sample '{result.Sample}' under a setting {result.Setting}; the line is another run's, remove it");
            if (!results.TryAdd((result.Setting, result.Sample), result)) throw new SuiteException($"{path}:{i + 1}: the sample '{result.Sample}' was answered before; remove one of the two lines");
        }
        return (results, whole);
    }

    /// <summary>Adds an answer, in one write for the whole line; it is on the disk when this returns. Safe from any thread.</summary>
    public void Add(SampleResult result)
    {
        byte[] line = Encoding.UTF8.GetBytes(result.ToJson() + "\n");
        lock (_lock)
        {
            _results.Add((result.Setting, result.Sample), result);
            _file.Write(line);
            _file.Flush(flushToDisk: true);
        }
    }

    public void Dispose() => _file.Dispose();
}
