using System.Globalization;

namespace Juxta.Eval.Metrics;

/// <summary>A line such as <c>nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0</c>: whoever sees a score can get it again.</summary>
/// <param name="Version">The version of the convention that the numbers follow (not of this program).</param>
/// <param name="Fields">What matters besides the number of references and resampling, in order.</param>
public sealed record MetricSignature(string Version, params IReadOnlyList<SignatureField> Fields)
{
    /// <summary>The whole line.</summary>
    public string Format(SignatureRun run) => Join(run, f => $"{f.Name}:{f.Value}");

    /// <summary>With the abbreviations that sacreBLEU uses.</summary>
    public string FormatShort(SignatureRun run) => Join(run, f => $"{f.Short}:{f.Value}");

    string Join(SignatureRun run, Func<SignatureField, string> format)
    {
        var fields = new List<SignatureField>();
        if (run.References is { } references) fields.Add(new("nrefs", "#", references < 0 ? "var" : Number(references)));
        if (run.BootstrapSamples is { } bootstrap) fields.Add(new("bs", "bs", Number(bootstrap)));
        if (run.RandomisationTrials is { } trials) fields.Add(new("ar", "ar", Number(trials)));
        if (run.Seed is { } seed) fields.Add(new("seed", "rs", Number(seed)));
        fields.AddRange(Fields);
        fields.Add(new("version", "v", Version));
        return string.Join('|', fields.Select(format));
    }

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One field of a signature with its abbreviation.</summary>
public sealed record SignatureField(string Name, string Short, string Value)
{
    /// <summary>A yes-or-no field.</summary>
    public SignatureField(string name, string @short, bool value)
        : this(name, @short, value ? "yes" : "no")
    {
    }
}

/// <summary>What a signature says about one computation: references per segment (−1 where it varies, null where it does not matter) and the resampling done.</summary>
public readonly record struct SignatureRun(int? References, int? BootstrapSamples = null, int? RandomisationTrials = null, long? Seed = null);
