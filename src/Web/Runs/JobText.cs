using System.Globalization;
using Juxta.Eval.Reports;
using Juxta.Workbench.Runs;

namespace Juxta.Web.Runs;

/// <summary>Where an evaluation stands, in words.</summary>
internal static class JobText
{
    public static string Name(RunStatus status) => status switch
    {
        RunStatus.Running => "running",
        RunStatus.Complete => "complete",
        RunStatus.Stopped => "interrupted",
        _ => "failed",
    };

    /// <summary>The class of its mark.</summary>
    public static string Class(RunStatus status) => status switch
    {
        RunStatus.Running => "running",
        RunStatus.Complete => "complete",
        RunStatus.Stopped => "loading",
        _ => "failed",
    };

    /// <summary>"120 of 480 answers · about 2 min left · 2 models over 1 set".</summary>
    public static string Describe(RunJob job)
    {
        string[] parts =
        [
            string.Create(CultureInfo.InvariantCulture, $"{job.Done} of {job.Total} answers"),
            .. job.Left is { } left ? [$"about {Left(left)} left"] : (string[])[],
            $"{ReportNumbers.Count(job.Request.Models.Count, "model")} over {ReportNumbers.Count(job.Request.Sets.Count, "set")}",
        ];
        return string.Join(" · ", parts);
    }

    /// <summary>Rounded up: a promise that is kept.</summary>
    static string Left(TimeSpan left) => left.TotalSeconds < 90 ? $"{Math.Ceiling(left.TotalSeconds).ToString(CultureInfo.InvariantCulture)} s"
        : left.TotalMinutes < 90 ? $"{Math.Ceiling(left.TotalMinutes).ToString(CultureInfo.InvariantCulture)} min"
        : $"{left.TotalHours.ToString("0.0", CultureInfo.InvariantCulture)} h";
}
