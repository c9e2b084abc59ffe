using System.Runtime.CompilerServices;
using Juxta.Engine.Kernels.Formats;

namespace Juxta.Engine.Kernels.Lanes;

/// <summary>The definition, lane by lane; runs on unknown hardware.</summary>
[InlineArray(16)]
internal unsafe struct LanesScalar : ILanes<LanesScalar>
{
    float _first;

    public static LanesScalar Create(float value)
    {
        LanesScalar result = default;
        ((Span<float>)result).Fill(value);
        return result;
    }

    public static LanesScalar Load(float* source)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result[i] = source[i];
        return result;
    }

    public readonly void Store(float* destination)
    {
        for (int i = 0; i < 16; i++) destination[i] = this[i];
    }

    public static LanesScalar Low<TFormat>(byte* line) where TFormat : struct, IWeightFormat<TFormat> => Decode<TFormat>(line, 0);

    public static LanesScalar High<TFormat>(byte* line) where TFormat : struct, IWeightFormat<TFormat> => Decode<TFormat>(line, 16);

    static LanesScalar Decode<TFormat>(byte* line, int first) where TFormat : struct, IWeightFormat<TFormat>
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result[i] = TFormat.Decode(line, first + i);
        return result;
    }

    public static LanesScalar operator +(LanesScalar left, LanesScalar right)
    {
        for (int i = 0; i < 16; i++) left[i] += right[i];
        return left;
    }

    public static LanesScalar operator -(LanesScalar left, LanesScalar right)
    {
        for (int i = 0; i < 16; i++) left[i] -= right[i];
        return left;
    }

    public static LanesScalar operator *(LanesScalar left, LanesScalar right)
    {
        for (int i = 0; i < 16; i++) left[i] *= right[i];
        return left;
    }

    public static LanesScalar operator /(LanesScalar left, LanesScalar right)
    {
        for (int i = 0; i < 16; i++) left[i] /= right[i];
        return left;
    }

    public static LanesScalar FusedMultiplyAdd(LanesScalar a, LanesScalar b, LanesScalar c)
    {
        for (int i = 0; i < 16; i++) c[i] = MathF.FusedMultiplyAdd(a[i], b[i], c[i]);
        return c;
    }

    public static LanesScalar Max(LanesScalar left, LanesScalar right) => WhereGreater(left, right, left, right);

    public static LanesScalar WhereGreater(LanesScalar left, LanesScalar right, LanesScalar whenTrue, LanesScalar whenFalse)
    {
        for (int i = 0; i < 16; i++)
            if (left[i] > right[i]) whenFalse[i] = whenTrue[i];
        return whenFalse;
    }

    public static LanesScalar WhereLane(int from, int to, LanesScalar value, LanesScalar otherwise)
    {
        for (int i = Math.Max(0, from); i < Math.Min(to, 16); i++) otherwise[i] = value[i];
        return otherwise;
    }

    public static LanesScalar AddToExponent(LanesScalar value, LanesScalar shifted)
    {
        for (int i = 0; i < 16; i++)
            value[i] = BitConverter.Int32BitsToSingle(unchecked(BitConverter.SingleToInt32Bits(value[i]) + (BitConverter.SingleToInt32Bits(shifted[i]) << 23)));
        return value;
    }

    public readonly float Sum()
    {
        LanesScalar lanes = this;
        for (int half = 8; half > 0; half /= 2)
            for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
        return lanes[0];
    }

    public readonly float Largest()
    {
        LanesScalar lanes = this;
        for (int half = 8; half > 0; half /= 2)
            for (int i = 0; i < half; i++) lanes[i] = lanes[i] > lanes[i + half] ? lanes[i] : lanes[i + half];
        return lanes[0];
    }
}
