using Juxta.Eval.Suites;

namespace Juxta.Workbench.Runs;

/// <summary>Where a job stands.</summary>
public enum RunStatus
{
    /// <summary>Models are being opened or asked.</summary>
    Running,

    /// <summary>Every sample of every run is answered.</summary>
    Complete,

    /// <summary>It was cancelled, or the server stopped; what was answered is kept, and it can go on.</summary>
    Stopped,

    /// <summary>It could not go on: <see cref="RunJob.Error"/> says why. What was answered is kept, and it can be tried again.</summary>
    Failed,
}

/// <summary>A job as it is now: what was started together, one run for each model and set. A snapshot.</summary>
/// <param name="Name">Unique on this server; the folder's name.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Created">When it was started first.</param>
/// <param name="Runs">Model by model, set by set.</param>
public sealed record RunJob(string Name, RunRequest Request, RunStatus Status, DateTimeOffset Created, IReadOnlyList<RunEntry> Runs)
{
    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>How long the rest will take at the pace so far; null while nobody knows and when it does not run.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>Answers there are.</summary>
    public int Done => Runs.Sum(run => run.Done);

    /// <summary>Answers there are when it is complete.</summary>
    public int Total => Runs.Sum(run => run.Total);
}

/// <summary>One run of a job: a model over a set.</summary>
/// <param name="Model">What the model is called among the runs (<see cref="RunRequest.NameOf(Models.ModelChoice)"/>).</param>
/// <param name="Set">The set's id.</param>
/// <param name="Folder">Its folder: a <see cref="Eval.Runs.RunRecord"/> once it has begun.</param>
/// <param name="Done">Answers there are.</param>
/// <param name="Total">Answers there are when it is complete; 0 where the set is not there to count.</param>
public sealed record RunEntry(string Model, string Set, string Folder, int Done, int Total);

/// <summary>A set that can be run.</summary>
/// <param name="Id">The set's id; the folder's name where it cannot be read.</param>
/// <param name="Folder">Where it lies.</param>
/// <param name="Set">The set; null where it cannot be used.</param>
/// <param name="Error">Why it cannot.</param>
public sealed record SetEntry(string Id, string Folder, EvalSet? Set, string? Error);
