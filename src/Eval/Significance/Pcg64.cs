using System.Numerics;
using System.Runtime.CompilerServices;

namespace Juxta.Eval.Significance;

/// <summary>
/// numpy's <c>default_rng(seed)</c>: PCG64 (O'Neill 2014, XSL-RR 128/64) with the draws that resampling needs, in numpy's order and with its buffering of
/// half words.
/// </summary>
internal sealed class Pcg64
{
    static readonly UInt128 Multiplier = new(0x2360ED051FC65DA4, 0x4385DF649FCCF645);

    UInt128 _state;
    readonly UInt128 _increment;
    uint _half;
    bool _hasHalf;

    public Pcg64(ulong seed)
    {
        ulong[] words = new SeedSequence(seed).Words64(4);
        _increment = (new UInt128(words[2], words[3]) << 1) | 1;
        Step();
        _state += new UInt128(words[0], words[1]);
        Step();
    }

    public UInt128 State => _state;

    public UInt128 Increment => _increment;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Step() => _state = _state * Multiplier + _increment;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next64()
    {
        Step();
        ulong high = (ulong)(_state >> 64), low = (ulong)_state;
        return BitOperations.RotateRight(high ^ low, (int)(high >> 58));
    }

    /// <summary>Half of a 64-bit draw; the other half is kept for the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Next32()
    {
        if (_hasHalf)
        {
            _hasHalf = false;
            return _half;
        }
        ulong next = Next64();
        _hasHalf = true;
        _half = (uint)(next >> 32);
        return (uint)next;
    }

    /// <summary>A double in [0, 1) of 53 bits.</summary>
    public double NextDouble() => (Next64() >> 11) * (1.0 / (1UL << 53));

    /// <summary><c>choice(n, size=…)</c> with replacement: Lemire's bounded draws (2019). n = 1 draws nothing.</summary>
    public void FillIndices(int n, Span<int> indices)
    {
        if (n == 1)
        {
            indices.Clear();
            return;
        }
        uint bound = (uint)n, threshold = (uint)-(int)bound % bound;
        for (int i = 0; i < indices.Length; i++)
        {
            ulong product = (ulong)Next32() * bound;
            while ((uint)product < threshold) product = (ulong)Next32() * bound;
            indices[i] = (int)(product >> 32);
        }
    }
}

/// <summary><c>integers(2, size=…, dtype=bool)</c>: bits of 32-bit draws, lowest first, going on across calls.</summary>
internal sealed class BitDraws(Pcg64 generator)
{
    uint _bits;
    int _left;

    public bool Next()
    {
        if (_left == 0)
        {
            _bits = generator.Next32();
            _left = 32;
        }
        bool bit = (_bits & 1) != 0;
        _bits >>= 1;
        _left--;
        return bit;
    }
}
