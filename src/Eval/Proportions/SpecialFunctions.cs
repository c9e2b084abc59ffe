namespace Juxta.Eval.Proportions;

/// <summary>The error function, the incomplete beta function and their inverses, to about 1e-14.</summary>
internal static class SpecialFunctions
{
    const double Tiny = 1e-300;

    /// <summary>1 − erf(x), accurate in the tail: Taylor's series with positive terms below 2, a continued fraction above (Abramowitz and Stegun 7.1.6, 7.1.14).</summary>
    public static double ErrorComplement(double x)
    {
        if (x < 0) return 2 - ErrorComplement(-x);
        if (x < 2)
        {
            double term = x, sum = x;
            for (int n = 1; term > sum * 1e-18; n++) sum += term *= 2 * x * x / (2 * n + 1);
            return 1 - 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
        }
        double fraction = 0;
        for (int n = 100; n > 0; n--) fraction = n / 2.0 / (x + fraction);
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction);
    }

    /// <summary>Φ⁻¹(p), by halving in the lower tail.</summary>
    public static double NormalQuantile(double p)
    {
        if (p is <= 0 or >= 1) return p <= 0 ? double.NegativeInfinity : double.PositiveInfinity;
        if (p == 0.5) return 0;
        if (p > 0.5) return -NormalQuantile(1 - p);
        double low = -40, high = 0;
        while (true)
        {
            double middle = (low + high) / 2;
            if (middle <= low || middle >= high) return middle;
            if (ErrorComplement(-middle / Math.Sqrt(2)) / 2 < p) low = middle;
            else high = middle;
        }
    }

    /// <summary>The regularised incomplete beta function I_x(a, b) by Lentz's continued fraction (Press et al., Numerical Recipes, 6.4).</summary>
    public static double IncompleteBeta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        if (x > (a + 1) / (a + b + 2)) return 1 - IncompleteBeta(1 - x, b, a);
        double front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x)) / a;
        double c = 1, d = 1 / NotZero(1 - (a + b) * x / (a + 1)), fraction = d;
        for (int m = 1; m < 100_000; m++)
        {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / NotZero(1 + even * d);
            c = NotZero(1 + even / c);
            fraction *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / NotZero(1 + odd * d);
            c = NotZero(1 + odd / c);
            fraction *= d * c;
            if (Math.Abs(d * c - 1) < 1e-16) break;
        }
        return front * fraction;
    }

    /// <summary>The x where I_x(a, b) = p, by halving.</summary>
    public static double BetaQuantile(double p, double a, double b)
    {
        double low = 0, high = 1;
        while (true)
        {
            double middle = (low + high) / 2;
            if (middle <= low || middle >= high || high - low < 1e-16 * high) return middle;
            if (IncompleteBeta(middle, a, b) < p) low = middle;
            else high = middle;
        }
    }

    /// <summary>ln Γ(x), x > 0: Stirling's series, after moving x above 15.</summary>
    public static double LogGamma(double x)
    {
        double product = 1;
        while (x < 15) product *= x++;
        double inverse = 1 / x, square = inverse * inverse;
        double series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square * (1.0 / 1188 - square * (691.0 / 360360 - square / 156))))));
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series - Math.Log(product);
    }

    static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
