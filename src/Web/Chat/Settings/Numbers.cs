using System.Globalization;
using Juxta.Engine;
using Juxta.Engine.Lora;

namespace Juxta.Web.Chat.Settings;

/// <summary>Models' and adapters' numbers as a person reads them.</summary>
internal static class Numbers
{
    /// <summary>"llama · 260 k parameters · F32 · 5 layers · context 512".</summary>
    public static string Describe(ModelDescription model) => string.Join(" · ",
    [
        model.Family, $"{Count(model.Parameters)} parameters", model.RoundedTo is { } rounded ? $"{model.WeightType} as {rounded}" : model.WeightType, Invariant($"{model.Layers} layers"), Invariant($"context {model.ContextLength}"),
        $"{Bytes(model.WeightBytes)} in memory",
    ]);

    /// <summary>What an adapter does, in a line: "35 modules changed · another likeliest token at 62 % of the probe".</summary>
    public static string Describe(AdapterReceipt receipt) =>
        Invariant($"{receipt.Modules.Count} module{(receipt.Modules.Count == 1 ? "" : "s")} changed · another likeliest token at {receipt.ProbeTopTokenChanged:P0} of the probe");

    public static string Count(long count) => count switch
    {
        >= 1_000_000_000 => Invariant($"{count / 1e9:0.##} B"),
        >= 1_000_000 => Invariant($"{count / 1e6:0.#} M"),
        >= 10_000 => Invariant($"{count / 1e3:0} k"),
        _ => Invariant($"{count}"),
    };

    public static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => Invariant($"{bytes / (double)(1L << 30):0.#} GiB"),
        >= 1L << 20 => Invariant($"{bytes / (double)(1L << 20):0.#} MiB"),
        _ => Invariant($"{bytes / 1024.0:0.#} KiB"),
    };

    /// <summary>Three significant digits.</summary>
    public static string Short(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    /// <summary>A ratio as a percentage with enough digits to tell small from none.</summary>
    public static string Share(double part, double whole) =>
        whole > 0 ? (part / whole).ToString(part / whole < 0.01 ? "0.###%" : "0.#%", CultureInfo.InvariantCulture) : "–";

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
