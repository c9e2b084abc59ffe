using Juxta.Eval.Reports;
using Juxta.Web.Chat;
using Juxta.Workbench.Runs;

namespace Juxta.Web.Runs;

/// <summary>What one open report shows: the report on some runs, once it is made.</summary>
public sealed class RunReportSession(RunLibrary library)
{
    IReadOnlyList<string> _names = [];

    /// <summary>Read the properties again. Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>Null until it is made.</summary>
    public Report? Report { get; private set; }

    public Notice? Notice { get; private set; }

    /// <summary>Makes the report on runs, the baseline first.</summary>
    public async Task OpenAsync(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.SequenceEqual(_names) && (Report is not null || Notice is not null)) return;
        (_names, Report, Notice) = (names, null, null);
        try
        {
            Experiment experiment = await library.ExperimentAsync(names);
            Report report = await Task.Run(() => experiment.ToReport());
            if (ReferenceEquals(names, _names)) Report = report;
        }
        catch (Exception error)
        {
            if (ReferenceEquals(names, _names)) Notice = Notices.Of(error);
        }
        Changed?.Invoke();
    }

    public void Dismiss()
    {
        Notice = null;
        Changed?.Invoke();
    }
}
