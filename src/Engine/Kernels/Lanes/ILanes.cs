using Juxta.Engine.Kernels.Formats;

namespace Juxta.Engine.Kernels.Lanes;

/// <summary>
/// Sixteen floats side by side. Everything but the matrix product is written once over this type, so that all vector widths do the same
/// operations on the same sixteen lanes and give the same bits; <see cref="LanesScalar"/> is the definition.
/// </summary>
internal unsafe interface ILanes<TSelf> where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Lanes of every implementation.</summary>
    public const int Count = 16;

    static abstract TSelf Create(float value);

    static abstract TSelf Load(float* source);

    void Store(float* destination);

    /// <summary>Rows 0 … 15 of a line of weights.</summary>
    static abstract TSelf Low<TFormat>(byte* line) where TFormat : struct, IWeightFormat<TFormat>;

    /// <summary>Rows 16 … 31.</summary>
    static abstract TSelf High<TFormat>(byte* line) where TFormat : struct, IWeightFormat<TFormat>;

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>left &gt; right ? left : right; so <paramref name="right"/> where either is NaN.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>left &gt; right ? whenTrue : whenFalse.</summary>
    static abstract TSelf WhereGreater(TSelf left, TSelf right, TSelf whenTrue, TSelf whenFalse);

    /// <summary>value where from ≤ lane &lt; to, else otherwise.</summary>
    static abstract TSelf WhereLane(int from, int to, TSelf value, TSelf otherwise);

    /// <summary>Adds the low bits of <paramref name="shifted"/>'s pattern to the exponent of <paramref name="value"/>; see <see cref="LaneMath"/>.</summary>
    static abstract TSelf AddToExponent(TSelf value, TSelf shifted);

    /// <summary>Sum by halves: lane i with i + 8, then 4, 2, 1.</summary>
    float Sum();

    /// <summary>Largest lane, by halves like <see cref="Sum"/>, with the rule of <see cref="Max"/>.</summary>
    float Largest();
}
