using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Runs;

/// <summary>
/// The answers of a run as JSON Lines, only ever added to (design D10). Its first line says which set and settings it is of. A line counts once it ends with a
/// line feed: what a kill left of a last one is cut away when the run goes on, and that sample is asked again.
/// </summary>
internal sealed class RunLog : IDisposable
{
    static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly FileStream _file;
    readonly Lock _lock = new();
    readonly Dictionary<(int Setting, string Sample), SampleResult> _results = [];

    RunLog(FileStream file) => _file = file;

    /// <summary>What is there, by setting and sample.</summary>
    public IReadOnlyDictionary<(int Setting, string Sample), SampleResult> Results => _results;

    /// <summary>Opens a log to go on with, or begins one.</summary>
    /// <param name="path">The file; no other process may write to it meanwhile.</param>
    /// <param name="head">What must be the same for answers to belong together.</param>
    /// <exception cref="SuiteException">The file is another run's, or a line of it is damaged.</exception>
    public static RunLog Open(string path, RunHead head)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var log = new RunLog(file);
        try
        {
            log.Read(path, head);
            return log;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    void Read(string path, RunHead head)
    {
        var bytes = new byte[_file.Length];
        _file.ReadExactly(bytes);
        int whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        string expected = JsonSerializer.Serialize(head, Json);
        string[] lines = Encoding.UTF8.GetString(bytes, 0, whole).Split('\n');
        if (lines.Length > 1 && lines[0] != expected)
            throw new SuiteException($"{path}:1: this log is of {lines[0]}, and the run is {expected}: their answers do not belong together. Give the run another file");
        for (int i = 1; i < lines.Length - 1; i++)
        {
            SampleResult result = Parse(path, i + 1, lines[i]);
            if (!_results.TryAdd((result.Setting, result.Sample), result)) throw new SuiteException($"{path}:{i + 1}: the sample '{result.Sample}' was answered before; remove one of the two lines");
        }
        _file.SetLength(whole);
        _file.Position = whole;
        if (whole == 0) Append(expected);
    }

    static SampleResult Parse(string path, int line, string text)
    {
        try
        {
            if (JsonSerializer.Deserialize<SampleResult>(text) is { Sample: not null, Answer: not null } result) return result;
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw new SuiteException($"{path}:{line}: this is no answer of a run; remove the line, and its sample is asked again");
    }

    /// <summary>Adds an answer; it is on its way to the disk when this returns. Safe from any thread.</summary>
    public void Add(SampleResult result)
    {
        lock (_lock)
        {
            _results.Add((result.Setting, result.Sample), result);
            Append(JsonSerializer.Serialize(result, Json));
        }
    }

    /// <summary>One write for the whole line.</summary>
    void Append(string line)
    {
        _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        _file.Flush(flushToDisk: true);
    }

    public void Dispose() => _file.Dispose();
}
