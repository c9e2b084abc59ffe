using System.Globalization;

namespace Juxta.Eval.Metrics.Rouge;

/// <summary>Which ROUGE: an n-gram order, L or Lsum.</summary>
internal readonly record struct RougeVariant(int Order, bool Summary)
{
    public static readonly RougeVariant L = new(0, false), Lsum = new(0, true);

    /// <summary>rouge1, rougeL, rougeLsum.</summary>
    public override string ToString() => Order > 0 ? "rouge" + Order.ToString(CultureInfo.InvariantCulture) : Summary ? "rougeLsum" : "rougeL";
}
