using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;

namespace Juxta.Training.Gradients;

/// <summary>Sums, biases and factors.</summary>
internal static class Affine
{
    /// <summary>a·x + y.</summary>
    public static Variable Add(Tape tape, float a, Variable x, Variable y)
    {
        Variable sum = tape.Variable(y.Rows, y.Columns);
        Work.EachRow(tape.Pool, y.Rows, row =>
        {
            y.Value.Row(row).CopyTo(sum.Value.Row(row));
            Elementwise.AddScaled(x.Value.Row(row), a, sum.Value.Row(row));
        });
        tape.Note(() =>
        {
            AddScaled(tape.Pool, sum.Gradient, a, x.Gradient);
            AddScaled(tape.Pool, sum.Gradient, 1, y.Gradient);
        });
        return sum;
    }

    /// <summary>a·x.</summary>
    public static Variable Scale(Tape tape, float a, Variable x)
    {
        Variable scaled = tape.Variable(x.Rows, x.Columns);
        Work.EachRow(tape.Pool, x.Rows, row =>
        {
            ReadOnlySpan<float> source = x.Value.Row(row);
            Span<float> target = scaled.Value.Row(row);
            for (int i = 0; i < target.Length; i++) target[i] = a * source[i];
        });
        tape.Note(() => AddScaled(tape.Pool, scaled.Gradient, a, x.Gradient));
        return scaled;
    }

    /// <summary>Adds a vector to every row of x, in place.</summary>
    /// <param name="bias">(1, x.Columns)</param>
    /// <param name="trained">Whether its gradient is wanted: the sum over rows.</param>
    public static void AddBias(Tape tape, Variable x, Parameter bias, bool trained)
    {
        Work.EachRow(tape.Pool, x.Rows, row => Elementwise.Add(bias.Value.Row(0), x.Value.Row(row)));
        if (!trained) return;
        tape.Note(() =>
        {
            for (int row = 0; row < x.Rows; row++) Elementwise.Add(x.Gradient.Row(row), bias.Gradient.Row(0));
        });
    }

    /// <summary>y += a·x, matrices outside of any variable.</summary>
    public static void AddScaled(WorkerPool pool, Matrix x, float a, Matrix y) => Work.EachRow(pool, y.Rows, row => Elementwise.AddScaled(x.Row(row), a, y.Row(row)));
}
