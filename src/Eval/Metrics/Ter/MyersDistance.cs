namespace Juxta.Eval.Metrics.Ter;

/// <summary>
/// Levenshtein distance to a reference of up to 64 words, a row of the table per machine word (Myers 1999, in the form of Hyyrö 2003).
/// </summary>
internal sealed class MyersDistance
{
    ulong[] _positions = new ulong[256]; // of each word id in the reference
    int[] _set = [];
    int _length;

    /// <summary>Whether the reference fits.</summary>
    public bool Usable => _length is > 0 and <= 64;

    public void Start(ReadOnlySpan<int> reference)
    {
        foreach (int word in _set) _positions[word] = 0;
        _set = [];
        _length = reference.Length;
        if (!Usable) return;
        _set = reference.ToArray();
        for (int j = 0; j < reference.Length; j++)
        {
            if (reference[j] >= _positions.Length) Array.Resize(ref _positions, Math.Max(reference[j] + 1, _positions.Length * 2));
            _positions[reference[j]] |= 1UL << j;
        }
    }

    public int Distance(ReadOnlySpan<int> hypothesis)
    {
        ulong positive = _length == 64 ? ulong.MaxValue : (1UL << _length) - 1, negative = 0, last = 1UL << (_length - 1);
        int distance = _length;
        ulong[] positions = _positions;
        foreach (int word in hypothesis)
        {
            ulong match = (uint)word < (uint)positions.Length ? positions[word] : 0;
            ulong zero = (((match & positive) + positive) ^ positive) | match | negative;
            ulong horizontalPositive = negative | ~(zero | positive), horizontalNegative = zero & positive;
            if ((horizontalPositive & last) != 0) distance++;
            if ((horizontalNegative & last) != 0) distance--;
            horizontalPositive = (horizontalPositive << 1) | 1;
            horizontalNegative <<= 1;
            positive = horizontalNegative | ~(zero | horizontalPositive);
            negative = horizontalPositive & zero;
        }
        return distance;
    }
}
