namespace Juxta.Web.Runs;

/// <summary>Addresses of the pages of runs.</summary>
internal static class RunAddress
{
    public static string Of(string name) => $"runs/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}";

    /// <param name="names">The baseline first.</param>
    public static string OfComparison(IEnumerable<string> names) => $"runs/compare?{Query(names)}";

    /// <param name="names">The baseline first.</param>
    public static string OfReport(IEnumerable<string> names) => $"runs/report?{Query(names)}";

    public static string Query(IEnumerable<string> names) => string.Join('&', names.Select(name => $"run={Uri.EscapeDataString(name)}"));
}
