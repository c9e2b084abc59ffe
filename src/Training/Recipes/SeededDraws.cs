using System.Text;

namespace Juxta.Training.Recipes;

/// <summary>
/// Random numbers that depend on a seed and a text alone: neither on the order of records nor on the machine, the runtime or the day. SplitMix64 (Steele et al.
/// 2014), begun with the FNV-1a hash of the text.
/// </summary>
internal sealed class SeededDraws
{
    ulong _state;

    public SeededDraws(ulong seed, string text)
    {
        ulong hash = 14695981039346656037;
        foreach (byte value in Encoding.UTF8.GetBytes(text)) hash = (hash ^ value) * 1099511628211;
        _state = unchecked(hash + (seed * 0x9E3779B97F4A7C15));
    }

    /// <summary>A number from 0 up to and without a bound.</summary>
    public int Below(int bound)
    {
        // Without the bias of a remainder: numbers beyond the last whole multiple are drawn again.
        ulong limit = ulong.MaxValue - (ulong.MaxValue % (ulong)bound);
        ulong drawn;
        do drawn = Next();
        while (drawn >= limit);
        return (int)(drawn % (ulong)bound);
    }

    /// <summary>The same items in random order (Fisher and Yates).</summary>
    public int[] Shuffle(int[] items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = Below(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
        return items;
    }

    ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }
}
