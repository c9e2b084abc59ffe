namespace Juxta.Workbench.Runs;

/// <summary>How fast answers come, and how long the rest will take.</summary>
/// <param name="time">The clock.</param>
/// <param name="total">Answers there are in the end.</param>
/// <param name="before">Answers that were there at the start: they say nothing of the pace.</param>
internal sealed class RunPace(TimeProvider time, int total, int before)
{
    readonly long _start = time.GetTimestamp();

    /// <param name="done">Answers there are now.</param>
    public TimeSpan? Left(int done) => done <= before ? null : (total - done) * (time.GetElapsedTime(_start) / (done - before));
}
