using System.Globalization;
using Juxta.Eval.Comparison;

namespace Juxta.Eval.Reports;

/// <summary>What a report on an experiment says, section by section: the conclusion first, then what it rests on, and last how to get the figures again.</summary>
internal static class ReportContent
{
    /// <summary>A section is a line here; one that has nothing to show gives null.</summary>
    static readonly Func<Experiment, ReportSection?>[] Sections =
    [
        ConclusionSection.Of,
        SettingSection.Of,
        ScoreSection.Of,
        DifferenceSection.Of,
        EndSection.Of,
        CurveSection.Of,
        PeopleSection.Of,
        CorrelationSection.Of,
        GroupSection.Of,
        SampleSection.Of,
        MethodSection.Of,
    ];

    public static Report Of(Experiment experiment, string? title) => new(
        title ?? (experiment.Runs.Count == 1 ? $"{experiment.Labels[0]} on {experiment.Set.Id}" : $"{string.Join(" and ", experiment.Labels.Skip(1))} against {experiment.Labels[0]}"),
        string.Create(CultureInfo.InvariantCulture, $"{experiment.Set.Id} version {experiment.Set.Version}: {experiment.Set.Samples.Count} samples, {experiment.Settings.Count} {(experiment.Settings.Count == 1 ? "setting" : "settings")}"),
        [.. Sections.Select(section => section(experiment)).OfType<ReportSection>()]);

    /// <summary>A setting as a heading beside others; empty where there is only one.</summary>
    public static string Place(Experiment experiment, int setting) => experiment.Settings.Count > 1 ? SettingNames.Of(experiment.Settings[setting]) : "";

    /// <summary>Joined by a comma, without what is empty.</summary>
    public static string Join(params ReadOnlySpan<string> parts)
    {
        var full = new List<string>();
        foreach (string part in parts) if (part.Length > 0) full.Add(part);
        return string.Join(", ", full);
    }
}
