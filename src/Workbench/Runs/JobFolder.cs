using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;

namespace Juxta.Workbench.Runs;

/// <summary>Jobs on the disk: <c>&lt;folder&gt;/&lt;job&gt;/job.json</c> is what was asked for, below it a folder for every run.</summary>
/// <param name="folder">Of all jobs; made when the first begins.</param>
internal sealed class JobFolder(string folder)
{
    const string FileName = "job.json";

    static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    /// <summary>Counting again reads a log only when it has grown.</summary>
    readonly ConcurrentDictionary<string, (long Length, int Done, int Total)> _counted = new(StringComparer.Ordinal);

    public string Of(string job) => Path.Combine(folder, job);

    public static string RunOf(string job, string model, string set) => Path.Combine(job, model, set);

    public IEnumerable<string> Names => !Directory.Exists(folder) ? [] : Directory.EnumerateDirectories(folder).Where(job => File.Exists(Path.Combine(job, FileName))).Select(job => Path.GetFileName(job));

    /// <summary>Makes the job's folder. False when there is one of that name.</summary>
    public bool TryMake(RunRequest request)
    {
        string job = Of(request.Name);
        if (Path.Exists(job)) return false;
        Directory.CreateDirectory(job);
        string file = Path.Combine(job, FileName);
        File.WriteAllText(file + ".part", JsonSerializer.Serialize(request, Json) + "\n");
        File.Move(file + ".part", file);
        return true;
    }

    /// <summary>What was asked for and when; null where there is no such job, or its file cannot be read.</summary>
    public (RunRequest Request, DateTimeOffset Created)? Find(string job)
    {
        if (job.Length == 0 || job != Path.GetFileName(job)) return null;
        string file = Path.Combine(Of(job), FileName);
        try
        {
            return File.Exists(file) && JsonSerializer.Deserialize<RunRequest>(File.ReadAllBytes(file), Json) is { Models: not null, Sets: not null, With: not null } request
                ? (request with { Name = job }, new DateTimeOffset(File.GetLastWriteTimeUtc(file)))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The runs of a job as the disk has them.</summary>
    /// <param name="sets">The sets that are offered: they say how long a run will be that has not begun.</param>
    public IReadOnlyList<RunEntry> Runs(RunRequest request, IReadOnlyList<SetEntry> sets) =>
    [
        .. from model in request.Models.Select(RunRequest.NameOf)
           from set in request.Sets
           select Count(new RunEntry(model, set, RunOf(Of(request.Name), model, set), 0, sets.FirstOrDefault(entry => entry.Id == set)?.Set is { } known ? Answers(request, known) : 0)),
    ];

    static int Answers(RunRequest request, EvalSet set)
    {
        try
        {
            return SetOverride.Parse(request.With).Of(set).Settings.Count * set.Samples.Count;
        }
        catch (SuiteException)
        {
            return 0; // the job says why when it goes on
        }
    }

    RunEntry Count(RunEntry run)
    {
        if (!File.Exists(Path.Combine(run.Folder, RunManifest.FileName))) return run;
        var log = new FileInfo(Path.Combine(run.Folder, "answers.jsonl"));
        long length = log.Exists ? log.Length : 0;
        if (!_counted.TryGetValue(run.Folder, out (long Length, int Done, int Total) known) || known.Length != length)
        {
            try
            {
                var record = RunRecord.Open(run.Folder);
                _counted[run.Folder] = known = (length, record.Results.Count, record.Total);
            }
            catch (SuiteException)
            {
                return run; // whoever opens the run learns what is wrong with it
            }
        }
        return run with { Done = known.Done, Total = known.Total };
    }
}
