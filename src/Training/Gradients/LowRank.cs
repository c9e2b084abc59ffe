using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;
using Juxta.Engine.Sampling;

namespace Juxta.Training.Gradients;

/// <summary>What LoRA adds to a linear module (Hu et al. 2021): y += s·B(A·dropout(x)). Back through it and to A and B.</summary>
/// <param name="a">(rank, inputs)</param>
/// <param name="b">(outputs, rank)</param>
/// <param name="scale">s = alpha / rank, or alpha / √rank with rslora.</param>
/// <param name="dropout">Share of the inputs left out, each with the same chance; the others are scaled by 1 / (1 − dropout).</param>
internal sealed class LowRank(Parameter a, Parameter b, float scale, float dropout) : IDisposable
{
    readonly Weight _a = new(a), _b = new(b);

    public Parameter A => a;

    public Parameter B => b;

    /// <param name="x">What the module reads.</param>
    /// <param name="y">Its output, added to in place.</param>
    /// <param name="draw">Decides which inputs are left out; null = none is.</param>
    public void AddTo(Tape tape, Variable x, Variable y, DropoutDraw? draw)
    {
        Variable input = dropout > 0 && draw is { } drawn ? Drop(tape, x, drawn) : x;
        Variable low = Product.Of(tape, input, _a), high = Product.Of(tape, low, _b);
        Affine.AddScaled(tape.Pool, high.Value, scale, y.Value);
        tape.Note(() => Affine.AddScaled(tape.Pool, y.Gradient, scale, high.Gradient));
    }

    Variable Drop(Tape tape, Variable x, DropoutDraw draw)
    {
        Variable kept = tape.Variable(x.Rows, x.Columns);
        Apply(tape.Pool, x.Value, kept.Value, add: false);
        tape.Note(() => Apply(tape.Pool, kept.Gradient, x.Gradient, add: true));
        return kept;

        void Apply(WorkerPool pool, Matrix from, Matrix to, bool add) => Work.EachRow(pool, from.Rows, row =>
        {
            ReadOnlySpan<float> source = from.Row(row);
            Span<float> target = to.Row(row);
            float factor = 1 / (1 - dropout);
            for (int i = 0; i < source.Length; i++)
            {
                float value = Philox.Uniform(draw.Seed, draw.Counter(row, i)) < dropout ? 0 : source[i] * factor;
                target[i] = add ? target[i] + value : value;
            }
        });
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }
}
