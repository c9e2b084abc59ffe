using Juxta.Eval.Comparison;

namespace Juxta.Web.Runs;

/// <summary>What a test says, in words and in a colour.</summary>
internal static class FindingText
{
    public static string Name(Finding finding) => finding switch
    {
        Finding.Better => "better",
        Finding.Worse => "worse",
        Finding.NotSignificant => "may be chance",
        _ => "describes only",
    };

    /// <summary>The class of its mark.</summary>
    public static string Class(Finding finding) => finding switch
    {
        Finding.Better => "better",
        Finding.Worse => "worse",
        _ => "open",
    };
}
