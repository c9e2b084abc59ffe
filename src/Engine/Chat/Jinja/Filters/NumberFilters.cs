using System.Globalization;
using System.Numerics;
using Juxta.Engine.Chat.Jinja.Formatting;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Filters;

/// <summary>Filters that make or take numbers.</summary>
internal static class NumberFilters
{
    public static Value Abs(Machine machine, Value value, Arguments arguments)
    {
        arguments.BindPositional("abs", 0, 0);
        if (value is FloatValue real) return new FloatValue(Math.Abs(real.Value), value.Author);
        return Numbers.TryIndex(value, out var integer) ? new IntValue(BigInteger.Abs(integer), value.Author) : throw JinjaError.Type($"bad operand type for abs(): '{value.TypeName}'");
    }

    public static Value Int(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("int", 0, "default", "base");
        int radix = options[1] is null ? 10 : Numbers.ToInt32(options[1]!, "base");
        var fallback = options[0] ?? new IntValue(0);
        switch (value)
        {
            case UndefinedValue missing: throw missing.Fail();
            case FloatValue real: return double.IsNaN(real.Value) ? fallback : new IntValue(NumberMethods.Truncate(real.Value), value.Author);
            case StrValue text:
                if (Integer(text.Units, radix) is { } parsed) return new IntValue(parsed, value.Author);
                return FloatText.Parse(text.Units) is { } number && !double.IsNaN(number) ? new IntValue(NumberMethods.Truncate(number), value.Author) : fallback;
            case BytesValue bytes: return Integer(System.Text.Encoding.Latin1.GetString(bytes.Bytes), 10) is { } fromBytes ? new IntValue(fromBytes, value.Author) : fallback;
            default: return Numbers.TryIndex(value, out var integer) ? new IntValue(integer, value.Author) : fallback;
        }
    }

    /// <summary>Digits beyond CPython's bound are a ValueError there, which the filter swallows.</summary>
    static BigInteger? Integer(string text, int radix)
    {
        try
        {
            return NumberMethods.Parse(text, radix);
        }
        catch (JinjaError error) when (error.Kind == ErrorKind.Value)
        {
            return null;
        }
    }

    public static Value Float(Machine machine, Value value, Arguments arguments)
    {
        var fallback = arguments.Bind("float", 0, "default")[0] ?? new FloatValue(0);
        return value switch
        {
            UndefinedValue missing => throw missing.Fail(),
            StrValue text => FloatText.Parse(text.Units) is { } parsed ? new FloatValue(parsed, value.Author) : fallback,
            _ => Numbers.TryDouble(value, out double number) ? new FloatValue(number, value.Author) : fallback,
        };
    }

    public static Value Round(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("round", 0, "precision", "method");
        string method = (options[1] as StrValue)?.Units ?? (options[1] is null ? "common" : "");
        if (method is not ("common" or "ceil" or "floor")) throw new JinjaError(ErrorKind.Runtime, "method must be common, ceil or floor");
        Value precision = options[0] ?? new IntValue(0);
        if (method == "common") return Round(machine, value, precision);
        if (!Numbers.IsNumber(value)) throw JinjaError.Type($"must be real number, not {value.TypeName}");
        var scale = Operators.Apply(machine, "**", new IntValue(10), precision);
        var scaled = Operators.Apply(machine, "*", value, scale);
        Numbers.TryDouble(scaled, out double real);
        Value whole = scaled is FloatValue ? new IntValue(NumberMethods.Truncate(method == "ceil" ? Math.Ceiling(real) : Math.Floor(real))) : scaled;
        return Operators.Apply(machine, "/", whole, scale);
    }

    /// <summary>Python's <c>round(value, digits)</c>, half to even on the exact value.</summary>
    static Value Round(Machine machine, Value value, Value precision)
    {
        if (value is not (FloatValue or IntValue or BoolValue)) throw JinjaError.Type($"type {value.TypeName} doesn't define __round__ method");
        if (precision is NoneValue) return value is FloatValue f ? RoundToInteger(f.Value) : value;
        if (!Numbers.TryIndex(precision, out var wanted)) throw JinjaError.Type($"'{precision.TypeName}' object cannot be interpreted as an integer");
        int digits = wanted > 400 ? 400 : wanted < -5000 ? -5000 : (int)wanted;
        if (value is FloatValue real)
        {
            if (!double.IsFinite(real.Value) || real.Value == 0 || digits > 330) return value;
            if (digits < -330) return new FloatValue(Math.CopySign(0, real.Value));
            string text = FloatText.Fixed(real.Value, digits);
            double rounded = double.Parse(digits >= 0 ? text : text + "e" + (-digits).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (double.IsInfinity(rounded)) throw new JinjaError(ErrorKind.Overflow, "rounded value too large to represent");
            return new FloatValue(Math.CopySign(rounded, real.Value), value.Author);
        }
        Numbers.TryIndex(value, out var integer);
        if (digits >= 0) return new IntValue(integer, value.Author);
        var unit = BigInteger.Pow(10, -digits);
        var quotient = BigInteger.DivRem(integer, unit, out var rest);
        int half = (BigInteger.Abs(rest) * 2).CompareTo(unit);
        if (half > 0 || (half == 0 && !quotient.IsEven)) quotient += integer.Sign;
        return new IntValue(quotient * unit, value.Author);
    }

    static IntValue RoundToInteger(double value) => double.IsFinite(value) ? new IntValue(new BigInteger(Math.Round(value, MidpointRounding.ToEven))) : new IntValue(NumberMethods.Truncate(value));

    public static Value Sum(Machine machine, Value value, Arguments arguments)
    {
        var options = arguments.Bind("sum", 0, "attribute", "start");
        Value total = options[1] ?? new IntValue(0);
        if (total is StrValue) throw JinjaError.Type("sum() can't sum strings [use ''.join(seq) instead]");
        var getter = Access.Getter(machine, options[0]);
        foreach (var item in value.Iterate(machine))
        {
            machine.Budget.Step();
            total = Operators.Apply(machine, "+", total, getter(item));
        }
        return total;
    }

    static readonly string[] Prefixes = ["k", "M", "G", "T", "P", "E", "Z", "Y"];

    public static Value FileSize(Machine machine, Value value, Arguments arguments)
    {
        bool binary = arguments.Bind("filesizeformat", 0, "binary")[0]?.IsTrue ?? false;
        if (value is UndefinedValue missing) throw missing.Fail();
        if (value is StrValue text)
            value = new FloatValue(FloatText.Parse(text.Units) ?? throw JinjaError.Value($"could not convert string to float: {text.ToRepr(machine).Units}"), value.Author);
        if (!Numbers.TryDouble(value, out double bytes)) throw JinjaError.Type($"float() argument must be a string or a real number, not '{value.TypeName}'");
        double @base = binary ? 1024 : 1000;
        if (bytes == 1) return new StrValue("1 Byte", value.Author);
        if (bytes < @base) return new StrValue($"{IntValue.Digits(NumberMethods.Truncate(bytes))} Bytes", value.Author);
        int step = 0;
        while (step < Prefixes.Length - 1 && bytes >= Math.Pow(@base, step + 2)) step++;
        string size = NumberFormat.Float(@base * bytes / Math.Pow(@base, step + 2), 'f', 1, alternate: false, machine.Budget);
        string prefix = binary ? Prefixes[step].ToUpperInvariant() + "i" : Prefixes[step];
        return new StrValue($"{size} {prefix}B", value.Author);
    }
}
