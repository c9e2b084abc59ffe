using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;

namespace Juxta.Training.Gradients;

/// <summary>
/// LayerNorm (Ba et al. 2016): y = x̂∘g + b with x̂ = (x − mean)·r, r = 1/√(variance + ε). Back, with u = g∘dy: dx = r·(u − mean(u) − x̂·mean(u∘x̂)), dg = Σ dy∘x̂,
/// db = Σ dy over rows.
/// </summary>
internal static class LayerNormalization
{
    /// <param name="gain">(1, x.Columns)</param>
    /// <param name="bias">(1, x.Columns)</param>
    public static Variable Of(Tape tape, Variable x, Parameter gain, Parameter bias, bool trained, float epsilon)
    {
        Variable y = tape.Variable(x.Rows, x.Columns);
        Work.EachRow(tape.Pool, x.Rows, row => Norm.Layer(x.Value.Row(row), gain.Value.Row(0), bias.Value.Row(0), epsilon, y.Value.Row(row)));
        tape.Note(() =>
        {
            Matrix normed = tape.Rent(x.Rows, x.Columns), dy = y.Gradient, dx = x.Gradient;
            Work.EachRow(tape.Pool, x.Rows, row => Back(x.Value.Row(row), gain.Value.Row(0), dy.Row(row), dx.Row(row), normed.Row(row), epsilon));
            if (!trained) return;
            Span<float> gains = gain.Gradient.Row(0), biases = bias.Gradient.Row(0);
            for (int row = 0; row < x.Rows; row++)
            {
                ReadOnlySpan<float> gradients = dy.Row(row), values = normed.Row(row);
                for (int i = 0; i < gains.Length; i++) gains[i] += gradients[i] * values[i];
                Elementwise.Add(gradients, biases);
            }
        });
        return y;
    }

    static void Back(ReadOnlySpan<float> x, ReadOnlySpan<float> gain, ReadOnlySpan<float> dy, Span<float> dx, Span<float> normed, float epsilon)
    {
        double sum = 0, squares = 0, mean = 0, along = 0;
        foreach (float value in x) sum += value;
        double centre = sum / x.Length;
        foreach (float value in x) squares += (value - centre) * (value - centre);
        double r = 1 / Math.Sqrt((squares / x.Length) + epsilon);
        for (int i = 0; i < x.Length; i++)
        {
            normed[i] = (float)((x[i] - centre) * r);
            mean += (double)gain[i] * dy[i];
            along += (double)gain[i] * dy[i] * normed[i];
        }
        for (int i = 0; i < x.Length; i++) dx[i] += (float)(r * (((double)gain[i] * dy[i]) - (mean / x.Length) - (normed[i] * along / x.Length)));
    }
}
