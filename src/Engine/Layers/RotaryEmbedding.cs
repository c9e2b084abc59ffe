using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Layers;

/// <summary>
/// Rotates pairs of channels by position × frequency (Su et al. 2021). Tables of cos and sin grow with the longest position met.
/// The angle is rounded to f32 before cos and sin, as the reference rounds it.
/// </summary>
internal sealed class RotaryEmbedding(RopeFrequencies frequencies, RotaryPairs pairs) : IRotary
{
    float[] _cos = [];
    float[] _sin = [];

    public RopeFrequencies Frequencies => frequencies;

    public RotaryPairs Pairs => pairs;

    /// <summary>Channels per head that turn; the rest of a head passes through.</summary>
    public int Dim => 2 * frequencies.Inverse.Length;

    public void Forward(Step step, Matrix heads, int headDim)
    {
        ReadOnlySpan<int> positions = step.Positions;
        for (int row = 0; row < heads.Rows; row++) Turn(heads.Row(row), headDim, positions[row]);
    }

    /// <summary>Rotates the heads of one token in place.</summary>
    /// <param name="heads">(heads, headDim).</param>
    /// <param name="back">The other way round, as a gradient takes it.</param>
    public void Turn(Span<float> heads, int headDim, int position, bool back = false)
    {
        int half = frequencies.Inverse.Length;
        Grow(position + 1);
        ReadOnlySpan<float> cos = _cos.AsSpan(position * half, half), sin = _sin.AsSpan(position * half, half);
        Rotary.Apply(heads, cos, back ? [.. sin.ToArray().Select(value => -value)] : sin, headDim, pairs);
    }

    void Grow(int positions)
    {
        int half = frequencies.Inverse.Length;
        int have = half == 0 ? positions : _cos.Length / half;
        if (positions <= have) return;
        int count = Math.Max(positions, Math.Max(64, 2 * have));
        Array.Resize(ref _cos, checked(count * half));
        Array.Resize(ref _sin, count * half);
        for (int position = have; position < count; position++)
        {
            for (int i = 0; i < half; i++)
            {
                float angle = position * frequencies.Inverse[i];
                _cos[(position * half) + i] = (float)Math.Cos(angle) * frequencies.Magnitude;
                _sin[(position * half) + i] = (float)Math.Sin(angle) * frequencies.Magnitude;
            }
        }
    }
}
