using System.Numerics;

namespace Juxta.Engine.Chat.Jinja.Values;

/// <summary>Attributes and methods of Python's int and float.</summary>
internal static class NumberMethods
{
    public static Value? Find(IntValue self, string name) => name switch
    {
        "real" or "numerator" => new IntValue(self.Value, self.Author),
        "imag" => new IntValue(0),
        "denominator" => new IntValue(1),
        "conjugate" => Method(name, new IntValue(self.Value, self.Author)),
        "bit_length" => Method(name, new IntValue(self.Value.IsZero ? 0 : (long)BigInteger.Abs(self.Value).GetBitLength())),
        "bit_count" => Method(name, new IntValue(BigInteger.Abs(self.Value).ToByteArray().Sum(b => BitOperations.PopCount(b)))),
        "as_integer_ratio" => Method(name, new TupleValue(new IntValue(self.Value), new IntValue(1))),
        _ => null,
    };

    public static Value? Find(FloatValue self, string name) => name switch
    {
        "real" => self,
        "imag" => new FloatValue(0),
        "conjugate" => Method(name, self),
        "is_integer" => Method(name, BoolValue.Of(double.IsFinite(self.Value) && self.Value == Math.Floor(self.Value))),
        _ => null,
    };

    static FunctionValue Method(string name, Value result) => new(name, (_, arguments) => { arguments.BindPositional(name, 0, 0); return result; });

    /// <summary>Python's <c>int(float)</c>.</summary>
    public static BigInteger Truncate(double value) => double.IsNaN(value) ? throw JinjaError.Value("cannot convert float NaN to integer")
        : double.IsInfinity(value) ? throw new JinjaError(ErrorKind.Overflow, "cannot convert float infinity to integer") : new BigInteger(Math.Truncate(value));

    /// <summary>Python's <c>int(text, base)</c>; null where it raises ValueError.</summary>
    public static BigInteger? Parse(string text, int radix)
    {
        if (radix is not 0 and (< 2 or > 36)) return null;
        if (!Strings.CodePoints.TryPlainDigits(Strings.CodePoints.Trim(text), out text)) return null;
        bool negative = text.StartsWith('-');
        if (text.StartsWith('-') || text.StartsWith('+')) text = text[1..];
        int prefix = text.Length > 1 && text[0] == '0' ? (text[1] | 32) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 } : 0;
        if (prefix != 0 && (radix == 0 || radix == prefix)) (text, radix) = (text[2..], prefix);
        else if (radix == 0)
        {
            if (text.Length > 1 && text[0] == '0' && text.Trim('0').Length > 0) return null;
            radix = 10;
        }
        if (text.Length == 0) return null;
        if (text.Length > IntValue.MaxDigits) throw JinjaError.Value($"Exceeds the limit ({IntValue.MaxDigits} digits) for integer string conversion: value has {text.Length} digits");
        var value = BigInteger.Zero;
        foreach (char unit in text)
        {
            int digit = char.IsAsciiDigit(unit) ? unit - '0' : char.IsAsciiLetter(unit) ? (unit | 32) - 'a' + 10 : 99;
            if (digit >= radix) return null;
            value = (value * radix) + digit;
        }
        return negative ? -value : value;
    }
}
