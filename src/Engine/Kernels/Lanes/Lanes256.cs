using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Juxta.Engine.Kernels.Formats;

namespace Juxta.Engine.Kernels.Lanes;

/// <summary>Sixteen lanes in two vectors.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> lower, Vector256<float> upper) : ILanes<Lanes256>
{
    readonly Vector256<float> _lower = lower;
    readonly Vector256<float> _upper = upper;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Create(float value) => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination)
    {
        _lower.Store(destination);
        _upper.Store(destination + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Low<TFormat>(byte* line) where TFormat : struct, IWeightFormat<TFormat> => new(TFormat.Low256(line, 0), TFormat.Low256(line, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 High<TFormat>(byte* line) where TFormat : struct, IWeightFormat<TFormat> => new(TFormat.High256(line, 0), TFormat.High256(line, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 left, Lanes256 right) => new(left._lower + right._lower, left._upper + right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 left, Lanes256 right) => new(left._lower - right._lower, left._upper - right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 left, Lanes256 right) => new(left._lower * right._lower, left._upper * right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 left, Lanes256 right) => new(left._lower / right._lower, left._upper / right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 FusedMultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(Vector256.FusedMultiplyAdd(a._lower, b._lower, c._lower), Vector256.FusedMultiplyAdd(a._upper, b._upper, c._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 left, Lanes256 right) => new(Max(left._lower, right._lower), Max(left._upper, right._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WhereGreater(Lanes256 left, Lanes256 right, Lanes256 whenTrue, Lanes256 whenFalse) => new(
        Vector256.ConditionalSelect(Vector256.GreaterThan(left._lower, right._lower), whenTrue._lower, whenFalse._lower),
        Vector256.ConditionalSelect(Vector256.GreaterThan(left._upper, right._upper), whenTrue._upper, whenFalse._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WhereLane(int from, int to, Lanes256 value, Lanes256 otherwise) => new(
        Vector256.ConditionalSelect(Inside(from, to), value._lower, otherwise._lower),
        Vector256.ConditionalSelect(Inside(from - 8, to - 8), value._upper, otherwise._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddToExponent(Lanes256 value, Lanes256 shifted) => new(
        (value._lower.AsInt32() + Vector256.ShiftLeft(shifted._lower.AsInt32(), 23)).AsSingle(),
        (value._upper.AsInt32() + Vector256.ShiftLeft(shifted._upper.AsInt32(), 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Sum() => Sum(_lower + _upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Largest() => Largest(Max(_lower, _upper));

    // The x86 instruction is left > right ? left : right, NaN and zeros included.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Max(Vector256<float> left, Vector256<float> right) =>
        Avx.IsSupported ? Avx.Max(left, right) : Vector256.ConditionalSelect(Vector256.GreaterThan(left, right), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> Max(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.Max(left, right) : Vector128.ConditionalSelect(Vector128.GreaterThan(left, right), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Sum(Vector256<float> eight)
    {
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        Vector128<float> two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3));
        return two[0] + two[1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Largest(Vector256<float> eight)
    {
        Vector128<float> four = Max(eight.GetLower(), eight.GetUpper());
        Vector128<float> two = Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3)));
        return Max(two, Vector128.Shuffle(two, Vector128.Create(1, 1, 1, 1)))[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Inside(int from, int to)
    {
        Vector256<int> lane = Vector256<int>.Indices;
        return (Vector256.GreaterThanOrEqual(lane, Vector256.Create(from)) & Vector256.LessThan(lane, Vector256.Create(to))).AsSingle();
    }
}
