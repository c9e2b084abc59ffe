using System.Numerics;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja;

/// <summary>Python's arithmetic on ints (exact), bools (as ints) and floats.</summary>
internal static class Arithmetic
{
    public static Value Apply(Budget budget, string op, Value left, Value right)
    {
        if (!Numbers.TryIndex(left, out var a) || !Numbers.TryIndex(right, out var b)) return Floats(op, left, right);
        switch (op)
        {
            case "+": return Checked(budget, a + b);
            case "-": return Checked(budget, a - b);
            case "*":
                budget.CheckInteger((double)a.GetBitLength() + b.GetBitLength() - 1);
                return new IntValue(a * b);
            case "/": return b.IsZero ? throw ByZero("division by zero") : new FloatValue(Divide(a, b));
            case "//": return b.IsZero ? throw ByZero("integer division or modulo by zero") : new IntValue(FloorDivide(a, b));
            case "%": return b.IsZero ? throw ByZero("integer modulo by zero") : new IntValue(a - (FloorDivide(a, b) * b));
            default: return b.Sign < 0 ? Floats(op, left, right) : Power(budget, a, b);
        }
    }

    static IntValue Checked(Budget budget, BigInteger value)
    {
        budget.CheckInteger(value.GetBitLength());
        return new IntValue(value);
    }

    static IntValue Power(Budget budget, BigInteger @base, BigInteger exponent)
    {
        if (@base.IsZero || @base.IsOne) return new IntValue(exponent.IsZero ? BigInteger.One : @base);
        if (@base == BigInteger.MinusOne) return new IntValue(exponent.IsEven ? BigInteger.One : @base);
        budget.CheckInteger((double)exponent * (@base.GetBitLength() - (@base.Sign > 0 ? 1 : 0)));
        return new IntValue(BigInteger.Pow(@base, (int)exponent));
    }

    static BigInteger FloorDivide(BigInteger a, BigInteger b)
    {
        var quotient = BigInteger.DivRem(a, b, out var remainder);
        return !remainder.IsZero && remainder.Sign != b.Sign ? quotient - 1 : quotient;
    }

    /// <summary>True division of integers, rounded once as CPython does.</summary>
    static double Divide(BigInteger a, BigInteger b)
    {
        if (BigInteger.Abs(a) <= 1L << 53 && BigInteger.Abs(b) <= 1L << 53) return (double)a / (double)b;
        var x = BigInteger.Abs(a);
        var y = BigInteger.Abs(b);
        int shift = (int)Math.Max(y.GetBitLength() - x.GetBitLength() + 66, -1000L * 1000);
        var quotient = shift >= 0 ? BigInteger.DivRem(x << shift, y, out var rest) : BigInteger.DivRem(x, y << -shift, out rest);
        if (!rest.IsZero) quotient |= 1;
        int drop = (int)quotient.GetBitLength() - 62;
        if (drop > 0) quotient = (quotient >> drop) | ((quotient & ((BigInteger.One << drop) - 1)).IsZero ? 0 : 1);
        else drop = 0;
        double result = Math.ScaleB((double)(long)quotient, drop - shift);
        if (double.IsInfinity(result)) throw new JinjaError(ErrorKind.Overflow, "integer division result too large for a float");
        return a.Sign * b.Sign < 0 ? -result : result;
    }

    static FloatValue Floats(string op, Value left, Value right)
    {
        Numbers.TryDouble(left, out double a);
        Numbers.TryDouble(right, out double b);
        return new FloatValue(op switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => b == 0 ? throw ByZero("float division by zero") : a / b,
            "//" => b == 0 ? throw ByZero("float floor division by zero") : DivMod(a, b).Quotient,
            "%" => b == 0 ? throw ByZero("float modulo") : DivMod(a, b).Remainder,
            _ => Power(a, b),
        });
    }

    static (double Quotient, double Remainder) DivMod(double a, double b)
    {
        double remainder = a % b;
        double quotient = (a - remainder) / b;
        if (remainder != 0)
        {
            if ((b < 0) != (remainder < 0)) { remainder += b; quotient -= 1; }
        }
        else remainder = Math.CopySign(0, b);
        if (quotient == 0) return (Math.CopySign(0, a / b), remainder);
        double floor = Math.Floor(quotient);
        return (quotient - floor > 0.5 ? floor + 1 : floor, remainder);
    }

    static double Power(double a, double b)
    {
        if (a == 0 && b < 0) throw ByZero("0.0 cannot be raised to a negative power");
        if (a < 0 && double.IsFinite(a) && double.IsFinite(b) && b != Math.Floor(b))
            throw new JinjaError(ErrorKind.Unsupported, "a fractional power of a negative number (Python's answer is complex)");
        double result = Math.Pow(a, b);
        return double.IsInfinity(result) && double.IsFinite(a) && double.IsFinite(b) ? throw new JinjaError(ErrorKind.Overflow, "Numerical result out of range") : result;
    }

    public static Value Negate(Value value) => value switch
    {
        UndefinedValue missing => throw missing.Fail(),
        FloatValue f => new FloatValue(-f.Value),
        _ when Numbers.TryIndex(value, out var n) => new IntValue(-n),
        _ => throw JinjaError.Type($"bad operand type for unary -: '{value.TypeName}'"),
    };

    public static Value Affirm(Value value) => value switch
    {
        UndefinedValue missing => throw missing.Fail(),
        FloatValue => value,
        _ when Numbers.TryIndex(value, out var n) => new IntValue(n),
        _ => throw JinjaError.Type($"bad operand type for unary +: '{value.TypeName}'"),
    };

    static JinjaError ByZero(string message) => new(ErrorKind.ZeroDivision, message);
}
