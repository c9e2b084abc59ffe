using Juxta.Eval.Comparison;
using Juxta.Eval.Runs;
using Juxta.Workbench.Runs;

namespace Juxta.Web.Runs;

/// <summary>How far a run is.</summary>
public enum RunState
{
    /// <summary>Every sample is answered.</summary>
    Complete,

    /// <summary>Answers are being written, by this server or by another process.</summary>
    Running,

    /// <summary>It was stopped or killed before its end and can go on.</summary>
    Interrupted,

    /// <summary>Its files cannot be read.</summary>
    Damaged,
}

/// <summary>A run in the list.</summary>
/// <param name="Name">Its place among the runs, with <c>/</c>.</param>
/// <param name="State">How far it is.</param>
public sealed record RunRow(string Name, RunState State)
{
    /// <summary>How many scores a row of the list has room for.</summary>
    const int MostHeadlines = 3;

    /// <summary>Null for a damaged one.</summary>
    public RunManifest? Manifest { get; init; }

    public int Done { get; init; }

    public int Of { get; init; }

    /// <summary>Null until they are worked out; of a running one never.</summary>
    public RunScores? Scores { get; init; }

    /// <summary>Why it or its scores cannot be read.</summary>
    public string? Error { get; init; }

    public string Model => Manifest?.Model.Name ?? Name;

    /// <summary>The first scores of the first setting.</summary>
    public IEnumerable<MetricScore> Headlines => Scores is { Settings: [{ } first, ..] } ? first.Metrics.Take(MostHeadlines) : [];

    /// <summary>The run as its files are now.</summary>
    public static async Task<RunRow> ReadAsync(RunLibrary library, string name)
    {
        ArgumentNullException.ThrowIfNull(library);
        try
        {
            RunRecord record = await library.OpenAsync(name);
            RunState state = record.IsComplete ? RunState.Complete : IsClaimed(record.Folder) ? RunState.Running : RunState.Interrupted;
            return new RunRow(name, state) { Manifest = record.Manifest, Done = record.Results.Count, Of = record.Total };
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new RunRow(name, RunState.Damaged) { Error = error.Message };
        }
    }

    /// <summary>Whether a process writes to it: the lock of one that was killed is there and holds nobody.</summary>
    static bool IsClaimed(string folder)
    {
        try
        {
            using var claim = new FileStream(Path.Combine(folder, "run.lock"), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
