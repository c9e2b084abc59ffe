using static System.FormattableString;

namespace Juxta.Workbench.Hub;

/// <summary>Sizes as people and the Hub write them: powers of a thousand.</summary>
public static class ByteSize
{
    public static string Format(double bytes) => bytes switch
    {
        >= 1e12 => Invariant($"{bytes / 1e12:0.00} TB"),
        >= 1e9 => Invariant($"{bytes / 1e9:0.00} GB"),
        >= 1e6 => Invariant($"{bytes / 1e6:0.0} MB"),
        >= 1e3 => Invariant($"{bytes / 1e3:0.0} kB"),
        _ => Invariant($"{bytes:0} bytes"),
    };
}
