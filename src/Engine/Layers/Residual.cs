using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Layers;

/// <summary>What is done to a stream of activations between layers: adding an output, a bias, an adapter's change; scaling.</summary>
internal static class Residual
{
    /// <summary>target += addend, row by row.</summary>
    public static void Add(Matrix target, Matrix addend)
    {
        for (int row = 0; row < target.Rows; row++) Elementwise.Add(addend.Row(row), target.Row(row));
    }

    /// <summary>target = factor·x + addend.</summary>
    public static void AddScaled(Matrix target, Matrix x, float factor, Matrix addend)
    {
        for (int row = 0; row < target.Rows; row++)
        {
            Span<float> sum = target.Row(row);
            addend.Row(row).CopyTo(sum);
            Elementwise.AddScaled(x.Row(row), factor, sum);
        }
    }

    /// <summary>Adds one vector to every row.</summary>
    public static void AddToRows(Matrix target, ReadOnlySpan<float> addend)
    {
        for (int row = 0; row < target.Rows; row++) Elementwise.Add(addend, target.Row(row));
    }

    /// <summary>Multiplies every element.</summary>
    public static void Scale(Matrix target, float factor)
    {
        for (int row = 0; row < target.Rows; row++)
        {
            foreach (ref float value in target.Row(row)) value *= factor;
        }
    }

    /// <summary>DoRA (Liu et al. 2024): target += t·[(g − 1)∘product + g∘(s·lowRank)], g = gain.</summary>
    public static void AddDora(Span<float> target, ReadOnlySpan<float> product, ReadOnlySpan<float> lowRank, ReadOnlySpan<float> gain, float s, float t)
    {
        for (int i = 0; i < target.Length; i++)
        {
            float change = ((gain[i] - 1) * product[i]) + (gain[i] * (s * lowRank[i]));
            target[i] = MathF.FusedMultiplyAdd(change, t, target[i]);
        }
    }
}
