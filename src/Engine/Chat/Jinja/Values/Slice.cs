using System.Numerics;

namespace Juxta.Engine.Chat.Jinja.Values;

/// <summary>Python's slice bounds, clipped to a length.</summary>
internal readonly record struct Slice(int Start, int Stop, int Step)
{
    public static Slice Resolve(Value? start, Value? stop, Value? step, int length)
    {
        int by = step is null or NoneValue ? 1 : Clamp(Index(step), -int.MaxValue, int.MaxValue);
        if (by == 0) throw JinjaError.Value("slice step cannot be zero");
        int low = by > 0 ? 0 : -1, high = by > 0 ? length : length - 1;
        return new Slice(Bound(start, by > 0 ? low : high), Bound(stop, by > 0 ? high : low), by);

        int Bound(Value? value, int missing)
        {
            if (value is null or NoneValue) return missing;
            var index = Index(value);
            if (index < 0) index += length;
            return Clamp(index, low, high);
        }
    }

    static BigInteger Index(Value value) => Numbers.TryIndex(value, out var index) ? index
        : throw JinjaError.Type("slice indices must be integers or None or have an __index__ method");

    static int Clamp(BigInteger value, int low, int high) => value < low ? low : value > high ? high : (int)value;

    /// <summary>The selected positions, in order.</summary>
    public IEnumerable<int> Indices
    {
        get
        {
            for (long i = Start; Step > 0 ? i < Stop : i > Stop; i += Step) yield return (int)i;
        }
    }
}
