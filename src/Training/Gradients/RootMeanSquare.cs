using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;

namespace Juxta.Training.Gradients;

/// <summary>
/// RMSNorm (Zhang and Sennrich 2019): y = r·x∘g with r = 1/√(mean(x²) + ε) and g the gain. Back: dx = r·g∘dy − (r³/n)·(Σ dy∘g∘x)·x, dg = Σ over rows of r·dy∘x.
/// </summary>
internal static class RootMeanSquare
{
    /// <param name="x">Rows of one or several groups of <paramref name="gain"/>'s length, each normed by itself.</param>
    /// <param name="gain">(1, channels)</param>
    /// <param name="offset">Added to the gain: 1 for Gemma.</param>
    public static Variable Of(Tape tape, Variable x, Parameter gain, bool trained, float epsilon, float offset = 0)
    {
        int channels = gain.Columns, groups = x.Columns / channels;
        float[] factors = [.. gain.Value.Row(0).ToArray().Select(g => g + offset)];
        Variable y = tape.Variable(x.Rows, x.Columns);
        Work.EachRow(tape.Pool, x.Rows, row =>
        {
            for (int group = 0; group < groups; group++)
                Norm.Rms(x.Value.Row(row).Slice(group * channels, channels), factors, epsilon, y.Value.Row(row).Slice(group * channels, channels));
        });
        tape.Note(() =>
        {
            Matrix roots = tape.Rent(x.Rows, groups), dy = y.Gradient, dx = x.Gradient;
            Work.EachRow(tape.Pool, x.Rows, row =>
            {
                for (int group = 0; group < groups; group++)
                {
                    int start = group * channels;
                    roots.Row(row)[group] = Back(
                        x.Value.Row(row).Slice(start, channels), factors, dy.Row(row).Slice(start, channels), dx.Row(row).Slice(start, channels), epsilon);
                }
            });
            if (trained) AddGain(x.Value, dy, roots, channels, gain.Gradient.Row(0));
        });
        return y;
    }

    /// <summary>Adds to dx and returns r.</summary>
    static float Back(ReadOnlySpan<float> x, ReadOnlySpan<float> factors, ReadOnlySpan<float> dy, Span<float> dx, float epsilon)
    {
        double squares = 0, products = 0;
        for (int i = 0; i < x.Length; i++)
        {
            squares += (double)x[i] * x[i];
            products += (double)dy[i] * factors[i] * x[i];
        }
        double r = 1 / Math.Sqrt((squares / x.Length) + epsilon);
        float root = (float)r, pull = (float)(r * r * r / x.Length * products);
        for (int i = 0; i < x.Length; i++) dx[i] += (root * factors[i] * dy[i]) - (pull * x[i]);
        return root;
    }

    static void AddGain(Matrix x, Matrix dy, Matrix roots, int channels, Span<float> gradient)
    {
        for (int row = 0; row < x.Rows; row++)
        {
            ReadOnlySpan<float> values = x.Row(row), gradients = dy.Row(row), root = roots.Row(row);
            for (int i = 0; i < values.Length; i++) gradient[i % channels] += root[i / channels] * gradients[i] * values[i];
        }
    }
}
