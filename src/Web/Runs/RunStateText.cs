namespace Juxta.Web.Runs;

/// <summary>The state of a run, in a word and in a colour.</summary>
internal static class RunStateText
{
    public static string Name(RunState state) => state switch
    {
        RunState.Complete => "complete",
        RunState.Running => "running",
        RunState.Interrupted => "interrupted",
        _ => "damaged",
    };

    /// <summary>The class of its mark.</summary>
    public static string Class(RunState state) => state switch
    {
        RunState.Complete => "complete",
        RunState.Running => "running",
        RunState.Interrupted => "loading",
        _ => "failed",
    };
}
