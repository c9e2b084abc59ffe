namespace Juxta.Eval.Significance;

/// <summary>numpy's SeedSequence (after O'Neill's seed_seq_fe128): spreads a seed over as many bits as a generator wants.</summary>
internal sealed class SeedSequence
{
    const uint InitA = 0x43B0D7E5, MultiplyA = 0x931E8875, InitB = 0x8B51F9DD, MultiplyB = 0x58F38DED, MixLeft = 0xCA01F9DD, MixRight = 0x4973F715;

    readonly uint[] _pool = new uint[4];

    public SeedSequence(ulong seed)
    {
        uint[] entropy = seed > uint.MaxValue ? [(uint)seed, (uint)(seed >> 32)] : [(uint)seed];
        uint constant = InitA;
        for (int i = 0; i < _pool.Length; i++) _pool[i] = HashMix(i < entropy.Length ? entropy[i] : 0, ref constant);
        for (int from = 0; from < _pool.Length; from++)
        {
            for (int to = 0; to < _pool.Length; to++)
            {
                if (from != to) _pool[to] = Mix(_pool[to], HashMix(_pool[from], ref constant));
            }
        }
    }

    /// <summary>The first words of the generated state.</summary>
    public uint[] Words32(int count)
    {
        uint constant = InitB;
        var words = new uint[count];
        for (int i = 0; i < count; i++)
        {
            uint value = _pool[i % _pool.Length] ^ constant;
            constant *= MultiplyB;
            value *= constant;
            words[i] = value ^ (value >> 16);
        }
        return words;
    }

    /// <summary>The same as 64-bit words, low half first.</summary>
    public ulong[] Words64(int count)
    {
        uint[] halves = Words32(count * 2);
        return [.. Enumerable.Range(0, count).Select(i => halves[2 * i] | ((ulong)halves[2 * i + 1] << 32))];
    }

    static uint HashMix(uint value, ref uint constant)
    {
        value ^= constant;
        constant *= MultiplyA;
        value *= constant;
        return value ^ (value >> 16);
    }

    static uint Mix(uint x, uint y)
    {
        uint result = MixLeft * x - MixRight * y;
        return result ^ (result >> 16);
    }
}
