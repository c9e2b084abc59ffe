using System.Numerics;

namespace Juxta.Eval.Significance;

/// <summary>The mean of doubles as Python's <c>statistics.mean</c> gives it: exact, rounded once at the end.</summary>
internal static class ExactMean
{
    const int Scale = 1074; // the smallest double is 2^-1074

    public static double Of(ReadOnlySpan<double> values)
    {
        BigInteger sum = BigInteger.Zero;
        foreach (double value in values)
        {
            if (!double.IsFinite(value)) return double.NaN;
            sum += Scaled(value);
        }
        if (sum.IsZero) return 0;
        BigInteger magnitude = BigInteger.Abs(sum);
        double mean = Divide(magnitude, values.Length);
        return sum.Sign < 0 ? -mean : mean;
    }

    /// <summary>The value · 2^1074, a whole number.</summary>
    static BigInteger Scaled(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long mantissa = bits & 0xFFFFFFFFFFFFF;
        BigInteger scaled = exponent == 0 ? mantissa : new BigInteger(mantissa | (1L << 52)) << (exponent - 1);
        return bits < 0 ? -scaled : scaled;
    }

    /// <summary>numerator / (divisor · 2^1074), rounded half to even.</summary>
    static double Divide(BigInteger numerator, int divisor)
    {
        // 66 significant bits of quotient and a sticky one below: enough to round to 53 once.
        int shift = Math.Max(0, 66 - (int)(numerator.GetBitLength() - new BigInteger(divisor).GetBitLength()));
        BigInteger quotient = BigInteger.DivRem(numerator << shift, divisor, out BigInteger rest);
        int exponent = -Scale - shift;
        int drop = (int)quotient.GetBitLength() - 53;
        drop = Math.Max(drop, -Scale - exponent); // subnormal results have fewer bits
        BigInteger kept = quotient >> drop, half = BigInteger.One << (drop - 1), dropped = quotient - (kept << drop);
        int order = dropped.CompareTo(half);
        if (order > 0 || (order == 0 && (!rest.IsZero || !kept.IsEven))) kept += 1;
        return Math.ScaleB((double)kept, exponent + drop);
    }
}
