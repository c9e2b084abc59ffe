namespace Juxta.Eval.Significance;

/// <summary>numpy's legacy <c>RandomState(seed)</c>: MT19937 (Matsumoto and Nishimura 1998) and the bounded draws of its <c>choice</c> and <c>randint</c>.</summary>
internal sealed class MersenneTwister
{
    const int N = 624, M = 397;

    readonly uint[] _state = new uint[N];
    int _position = N;

    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (int i = 1; i < N; i++) _state[i] = 1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30)) + (uint)i;
    }

    public uint Next32()
    {
        if (_position == N) Refill();
        uint y = _state[_position++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    /// <summary>Indices below n: draws are masked to the next power of two and thrown away where they are too large. n = 1 draws nothing.</summary>
    public void FillIndices(int n, Span<int> indices)
    {
        uint most = (uint)n - 1, mask = most == 0 ? 0 : uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(most);
        for (int i = 0; i < indices.Length; i++)
        {
            uint draw = 0;
            if (most > 0)
            {
                do draw = Next32() & mask;
                while (draw > most);
            }
            indices[i] = (int)draw;
        }
    }

    void Refill()
    {
        for (int i = 0; i < N; i++)
        {
            uint y = (_state[i] & 0x80000000) | (_state[(i + 1) % N] & 0x7FFFFFFF);
            _state[i] = _state[(i + M) % N] ^ (y >> 1) ^ ((y & 1) != 0 ? 0x9908B0DFu : 0);
        }
        _position = 0;
    }
}
