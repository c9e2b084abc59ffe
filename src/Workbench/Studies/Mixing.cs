namespace Juxta.Workbench.Studies;

/// <summary>A number that looks drawn by lot and is always the same for the same values: SplitMix64's finaliser (Steele, Lea and Flood 2014), value by value.</summary>
internal static class Mixing
{
    public static ulong Of(ulong seed, params ReadOnlySpan<long> values)
    {
        ulong state = seed;
        foreach (long value in values)
        {
            state += 0x9E3779B97F4A7C15 + (ulong)value;
            state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
            state ^= state >> 31;
        }
        return state;
    }
}
