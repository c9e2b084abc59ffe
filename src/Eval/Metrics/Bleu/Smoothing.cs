namespace Juxta.Eval.Metrics.Bleu;

/// <summary>What to do with an n-gram order that has no match.</summary>
internal enum Smoothing
{
    /// <summary>Nothing: the score is 0.</summary>
    None,

    /// <summary>Halve the share again with each such order (NIST's).</summary>
    Exp,

    /// <summary>Count a small number instead of 0.</summary>
    Floor,

    /// <summary>Add a number to matches and totals of all orders above 1.</summary>
    AddK,
}

/// <summary>A smoothing with its value, as signatures write it.</summary>
internal sealed record SmoothingChoice(Smoothing Method, double Value)
{
    public static readonly string[] Names = ["exp", "floor", "add-k", "none"];

    public static SmoothingChoice Of(string name, double? value) => name switch
    {
        "exp" => new(Smoothing.Exp, 0),
        "floor" => new(Smoothing.Floor, value ?? 0.1),
        "add-k" => new(Smoothing.AddK, value ?? 1),
        _ => new(Smoothing.None, 0),
    };

    public override string ToString() => Method switch
    {
        Smoothing.Exp => "exp",
        Smoothing.None => "none",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(Method == Smoothing.Floor ? "floor" : "add-k")}[{Value:F2}]"),
    };
}
