using Juxta.Engine.Sampling;
using Juxta.Training.Gradients;

namespace Juxta.TrainingTests.Models;

/// <summary>The gradient of a whole loss against its differences along the gradient itself: there the loss changes most, and rounding matters least.</summary>
static class DirectionCheck
{
    const double Step = 2e-3;

    /// <summary>Central differences in f32 are good to about a hundredth.</summary>
    /// <param name="loss">With true, also adds its gradient to the parameters'.</param>
    /// <param name="groups">Parameters that move together.</param>
    public static void Run(Func<bool, double> loss, Parameter[][] groups)
    {
        var kept = new Dictionary<(Parameter, int), float[]>();
        loss(true);
        foreach (Parameter[] group in groups)
        {
            float[][] direction = [.. group.SelectMany(parameter => Enumerable.Range(0, parameter.Rows).Select(row => parameter.Gradient.Row(row).ToArray()))];
            double length = Math.Sqrt(direction.Sum(row => row.Sum(value => (double)value * value)));
            Assert.True(length > 0, $"{group[0].Name} has no gradient");
            float step = (float)(Step / length);
            double above = At(step), below = At(-step);
            At(0);
            double measured = (above - below) / (2 * Step);
            Assert.True(Math.Abs(measured - length) <= 0.02 * length, $"{group[0].Name}: the gradient says {length:g5}, the loss changes by {measured:g5}");

            double At(float factor)
            {
                int i = 0;
                foreach (Parameter parameter in group)
                {
                    for (int row = 0; row < parameter.Rows; row++, i++)
                    {
                        Span<float> values = parameter.Value.Row(row);
                        if (!kept.ContainsKey((parameter, row))) kept[(parameter, row)] = values.ToArray();
                        for (int column = 0; column < values.Length; column++) values[column] = kept[(parameter, row)][column] + (factor * direction[i][column]);
                    }
                    parameter.Changed();
                }
                return loss(false);
            }
        }
    }

    /// <summary>Moves parameters a little, in a direction of the seed.</summary>
    public static void Move(IEnumerable<Parameter> parameters, float step, ulong seed)
    {
        foreach (Parameter parameter in parameters)
        {
            for (int row = 0; row < parameter.Rows; row++)
                for (int i = 0; i < parameter.Columns; i++) parameter.Value.Row(row)[i] += step * (float)(Philox.Uniform(seed, ((ulong)row << 32) | (uint)i) - 0.5);
            parameter.Changed();
        }
    }

    /// <summary>All gradients, in the parameters' order.</summary>
    public static float[] Gradients(IReadOnlyList<Parameter> parameters) => [.. parameters.SelectMany(parameter => Enumerable.Range(0, parameter.Rows).SelectMany(row => parameter.Gradient.Row(row).ToArray()))];
}
