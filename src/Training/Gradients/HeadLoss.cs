using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Lanes;
using Juxta.Engine.Layers;
using Juxta.Engine.Memory;

namespace Juxta.Training.Gradients;

/// <summary>
/// Head and cross-entropy in one: Σ wᵢ·(ln Σ e^z − z[targetᵢ]) with z = hᵢ·Wᵀ, over the rows that have a target. The logits of a whole batch over a large
/// vocabulary would not fit, so rows go through a few at a time, and their gradient, w·(softmax(z) − onehot), goes back at once.
/// </summary>
internal static class HeadLoss
{
    /// <summary>Rows whose logits are in memory at a time.</summary>
    const int Rows = 64;

    /// <param name="hidden">(tokens, channels), normed.</param>
    /// <param name="targets">The id that follows each token; below 0 = no loss there.</param>
    /// <param name="weights">Of each token's loss; may be anything where there is no target.</param>
    /// <param name="cap">c of c·tanh(z / c) (Gemma 2); 0 = none.</param>
    /// <param name="back">Whether gradients are wanted.</param>
    /// <param name="nats">Of each row that has a target, unweighted; receives the losses.</param>
    /// <returns>The weighted sum.</returns>
    public static double Of(Tape tape, Variable hidden, Weight head, ReadOnlySpan<int> targets, ReadOnlySpan<float> weights, float cap, bool back, Span<float> nats)
    {
        int[] scored = [.. Scored(targets)];
        double total = 0;
        if (back) _ = hidden.Gradient; // rented before what is given back after each few rows
        for (int first = 0; first < scored.Length; first += Rows)
        {
            ReadOnlySpan<int> rows = scored.AsSpan(first, Math.Min(Rows, scored.Length - first));
            Workspace.Mark mark = tape.Hold();
            Matrix states = tape.Rent(rows.Length, hidden.Columns), logits = tape.Rent(rows.Length, head.Rows);
            for (int i = 0; i < rows.Length; i++) hidden.Value.Row(rows[i]).CopyTo(states.Row(i));
            MatMul.Multiply(tape.Pool, head.Forward(tape.Pool), states, logits);
            (int Target, float Weight)[] asked = new (int, float)[rows.Length];
            for (int i = 0; i < rows.Length; i++) asked[i] = (targets[rows[i]], weights[rows[i]]);
            float[] losses = new float[rows.Length];
            Work.Each(tape.Pool, rows.Length, i => losses[i] = Turn(logits.Row(i), asked[i].Target, asked[i].Weight, cap));
            for (int i = 0; i < rows.Length; i++)
            {
                nats[rows[i]] = losses[i];
                total += (double)asked[i].Weight * losses[i];
            }
            if (back)
            {
                Matrix gradient = tape.Rent(rows.Length, hidden.Columns);
                MatMul.Multiply(tape.Pool, head.Back(tape.Pool), logits, gradient);
                for (int i = 0; i < rows.Length; i++) Elementwise.Add(gradient.Row(i), hidden.Gradient.Row(rows[i]));
                if (head.Parameter is { } parameter) Product.AddOuter(tape.Pool, logits, states, 1, parameter.Gradient);
            }
            tape.Release(mark);
        }
        return total;
    }

    /// <summary>Puts the gradient in the logits' place and returns the loss in nats.</summary>
    static float Turn(Span<float> logits, int target, float weight, float cap)
    {
        if (cap != 0) Activation.SoftCap(logits, cap);
        float logSum = Softmax.LogSumExp(logits), z = logits[target];
        switch (SimdWidth.Bits)
        {
            case 512: Slope<Lanes512>(logits, logSum, weight, cap); break;
            case 256: Slope<Lanes256>(logits, logSum, weight, cap); break;
            default: Slope<LanesScalar>(logits, logSum, weight, cap); break;
        }
        logits[target] = weight * SlopeOfCap(z, cap) * (LaneMath.Exp(z - logSum) - 1);
        return logSum - z;
    }

    /// <summary>z becomes weight · (slope of the cap at z) · e^(z − logSum).</summary>
    static unsafe void Slope<T>(Span<float> logits, float logSum, float weight, float cap) where T : struct, ILanes<T>
    {
        fixed (float* z = logits)
        {
            int i = 0;
            if (cap == 0) for (; i + 16 <= logits.Length; i += 16) (T.Create(weight) * LaneMath.Exp(T.Load(z + i) - T.Create(logSum))).Store(z + i);
            for (; i < logits.Length; i++) z[i] = weight * SlopeOfCap(z[i], cap) * LaneMath.Exp(z[i] - logSum);
        }
    }

    /// <summary>cap·tanh(z / cap) has the slope 1 − tanh².</summary>
    static float SlopeOfCap(float z, float cap) => cap == 0 ? 1 : 1 - (z / cap * (z / cap));

    static List<int> Scored(ReadOnlySpan<int> targets)
    {
        var rows = new List<int>();
        for (int i = 0; i < targets.Length; i++)
            if (targets[i] >= 0) rows.Add(i);
        return rows;
    }
}
