namespace Juxta.Engine.Sampling;

/// <summary>
/// Tokens in falling order of logit, ties by rising id, as sortable keys; and the shortest start of that order whose weights reach a sum,
/// found by partitioning (Hoare's quickselect, weighted) and without sorting.
/// </summary>
internal static class RankedSelect
{
    const int Few = 24;

    /// <summary>A key that sorts ascending where the logit falls and, among equals, the id rises.</summary>
    public static ulong Key(float logit, int id)
    {
        uint bits = BitConverter.SingleToUInt32Bits(logit == 0 ? 0 : logit); // −0 counts as 0
        uint rising = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
        return ((ulong)~rising << 32) | (uint)id;
    }

    public static int Id(ulong key) => (int)(uint)key;

    /// <summary>
    /// The last key of the shortest start, in key order, whose weights sum to <paramref name="target"/> or more; the largest key if all together do not.
    /// Reorders both spans alike. Keys are distinct; at least one.
    /// </summary>
    public static ulong LastKeyReaching(Span<ulong> keys, Span<float> weights, double target)
    {
        int low = 0, high = keys.Length - 1;
        double before = 0;
        while (high - low >= Few)
        {
            ulong pivot = Median(keys[low], keys[low + ((high - low) / 2)], keys[high]);
            int i = low, j = high;
            double left = 0;
            while (true)
            {
                for (; keys[i] < pivot; i++) left += weights[i];
                while (keys[j] > pivot) j--;
                if (i >= j) break;
                (keys[i], keys[j]) = (keys[j], keys[i]);
                (weights[i], weights[j]) = (weights[j], weights[i]);
            }
            // Keys are distinct, so i == j == the pivot's place.
            if (before + left >= target && i > low) high = i - 1;
            else if (before + left + weights[i] >= target || i == high) return keys[i];
            else
            {
                before += left + weights[i];
                low = i + 1;
            }
        }
        keys = keys[low..(high + 1)];
        weights = weights[low..(high + 1)];
        keys.Sort(weights);
        for (int i = 0; i < keys.Length - 1; i++)
        {
            before += weights[i];
            if (before >= target) return keys[i];
        }
        return keys[^1];
    }

    static ulong Median(ulong a, ulong b, ulong c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
