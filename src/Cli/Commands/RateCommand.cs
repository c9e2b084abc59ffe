using System.CommandLine;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta rate</c>: what people's votes say.</summary>
internal static class RateCommand
{
    public static Command Create() => new("rate", "Work with votes on pairs of answers (docs/ratings.md).")
    {
        RateFitCommand.Create(), RateTestCommand.Create(), RateAgreementCommand.Create(), RateCorrelateCommand.Create(), RateExportCommand.Create(), RateSimulateCommand.Create(),
    };
}
