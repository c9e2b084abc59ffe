using System.Globalization;

namespace Juxta.Workbench.Generation;

/// <summary>A token id that ends answers, in words.</summary>
public static class StopIdText
{
    /// <summary>"2 &lt;/s&gt; (config.json, generation_config.json)"; what is not known is left out.</summary>
    public static string Describe(int id, string? token, IReadOnlyList<string> sources) =>
        id.ToString(CultureInfo.InvariantCulture) + (token is null ? "" : $" {token}") + (sources.Count == 0 ? "" : $" ({string.Join(", ", sources)})");
}
