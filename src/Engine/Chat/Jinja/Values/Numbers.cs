using System.Globalization;
using System.Numerics;
using Juxta.Engine.Chat.Jinja.Formatting;

namespace Juxta.Engine.Chat.Jinja.Values;

internal sealed class NoneValue(int author = PromptSpan.Template) : Value
{
    public static readonly NoneValue None = new();

    public override string TypeName => "NoneType";
    public override string Describe => "None";
    public override int Author => author;
    public override bool IsTrue => false;
    public override void WriteRepr(TextBuilder into) => into.Append("None", author);
    public override bool Equals(object? obj) => obj is NoneValue;
    public override int GetHashCode() => 0x4e6f6e65;
}

internal sealed class BoolValue(bool value, int author = PromptSpan.Template) : Value
{
    static readonly BoolValue True = new(true), False = new(false);

    public static BoolValue Of(bool value) => value ? True : False;

    public bool Value => value;
    public override string TypeName => "bool";
    public override int Author => author;
    public override bool IsTrue => value;
    public override Value? GetAttribute(Machine machine, string name) => NumberMethods.Find(new IntValue(value ? 1 : 0, author), name);
    public override void WriteRepr(TextBuilder into) => into.Append(value ? "True" : "False", author);
    public override bool Equals(object? obj) => obj is Value other && Numbers.AreEqual(this, other);
    public override int GetHashCode() => Numbers.Hash(this);
}

/// <summary>Python's <c>int</c>: exact at any size the budget allows.</summary>
internal sealed class IntValue(BigInteger value, int author = PromptSpan.Template) : Value
{
    /// <summary>CPython's bound on digits in conversions between int and str (sys.int_info.default_max_str_digits).</summary>
    public const int MaxDigits = 4300;

    static readonly BigInteger TooLong = BigInteger.Pow(10, MaxDigits);

    public BigInteger Value => value;
    public override string TypeName => "int";
    public override int Author => author;
    public override bool IsTrue => !value.IsZero;
    public override Value? GetAttribute(Machine machine, string name) => NumberMethods.Find(this, name);
    public override void WriteRepr(TextBuilder into) => into.Append(Digits(value), author);
    public override bool Equals(object? obj) => obj is Value other && Numbers.AreEqual(this, other);
    public override int GetHashCode() => Numbers.Hash(this);

    public static string Digits(BigInteger value) => BigInteger.Abs(value) < TooLong ? value.ToString(CultureInfo.InvariantCulture)
        : throw JinjaError.Value($"Exceeds the limit ({MaxDigits} digits) for integer string conversion");
}

/// <summary>Python's <c>float</c>.</summary>
internal sealed class FloatValue(double value, int author = PromptSpan.Template) : Value
{
    public double Value => value;
    public override string TypeName => "float";
    public override int Author => author;
    public override bool IsTrue => value != 0;
    public override Value? GetAttribute(Machine machine, string name) => NumberMethods.Find(this, name);
    public override void WriteRepr(TextBuilder into) => into.Append(FloatText.Repr(value), author);
    public override bool Equals(object? obj) => obj is Value other && Numbers.AreEqual(this, other);
    public override int GetHashCode() => Numbers.Hash(this);
}

/// <summary>Python's numeric tower over int, bool and float.</summary>
internal static class Numbers
{
    /// <summary>An int or bool as an integer (Python's <c>__index__</c>).</summary>
    public static bool TryIndex(Value value, out BigInteger integer)
    {
        integer = value switch { IntValue i => i.Value, BoolValue b => b.Value ? BigInteger.One : BigInteger.Zero, _ => default };
        return value is IntValue or BoolValue;
    }

    /// <summary>Any number as a double; an integer too large for one is an overflow.</summary>
    public static bool TryDouble(Value value, out double number)
    {
        number = 0;
        if (value is FloatValue f) { number = f.Value; return true; }
        if (!TryIndex(value, out var integer)) return false;
        number = ToDouble(integer);
        return true;
    }

    public static bool IsNumber(Value value) => value is IntValue or BoolValue or FloatValue;

    /// <summary>Rounds half to even as CPython does (BigInteger's own conversion truncates).</summary>
    public static double ToDouble(BigInteger value)
    {
        if (BigInteger.Abs(value) <= long.MaxValue) return (double)(long)value;
        double result = value.GetBitLength() > 1025 ? double.PositiveInfinity : double.Parse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return double.IsInfinity(result) ? throw new JinjaError(ErrorKind.Overflow, "int too large to convert to float") : result;
    }

    /// <summary>A machine integer for a count or width, clipped to the range of int.</summary>
    public static int ToInt32(Value value, string what)
    {
        if (!TryIndex(value, out var integer)) throw JinjaError.Type($"'{value.TypeName}' object cannot be interpreted as an integer ({what})");
        return integer > int.MaxValue ? int.MaxValue : integer < int.MinValue ? int.MinValue : (int)integer;
    }

    public static bool AreEqual(Value left, Value right) => IsNumber(right) && Compare(left, right) == 0;

    /// <summary>Exact order of two numbers; null when one is not a number (NaN).</summary>
    public static int? Compare(Value left, Value right)
    {
        bool leftInteger = TryIndex(left, out var a), rightInteger = TryIndex(right, out var b);
        if (leftInteger && rightInteger) return a.CompareTo(b);
        if (leftInteger) return -Compare(((FloatValue)right).Value, a);
        double x = ((FloatValue)left).Value;
        if (rightInteger) return Compare(x, b);
        double y = ((FloatValue)right).Value;
        return double.IsNaN(x) || double.IsNaN(y) ? null : x.CompareTo(y);
    }

    static int? Compare(double x, BigInteger y)
    {
        if (double.IsNaN(x)) return null;
        if (double.IsInfinity(x)) return x > 0 ? 1 : -1;
        int whole = new BigInteger(Math.Floor(x)).CompareTo(y);
        return whole != 0 ? whole : x > Math.Floor(x) ? 1 : 0;
    }

    /// <summary>Equal numbers hash alike whatever their type.</summary>
    public static int Hash(Value value) => TryIndex(value, out var integer) ? integer.GetHashCode()
        : ((FloatValue)value).Value is var x && double.IsFinite(x) && x == Math.Floor(x) ? new BigInteger(x).GetHashCode() : ((FloatValue)value).Value.GetHashCode();
}
