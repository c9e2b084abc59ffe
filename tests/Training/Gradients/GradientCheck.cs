using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;
using Juxta.Training.Gradients;

namespace Juxta.TrainingTests.Gradients;

/// <summary>
/// An operation's gradient against central differences of its plain definition, both of Σ c∘y for random c. The definition is computed in double, so that
/// differences are exact to about 1e-9; what remains is the rounding of the f32 path, bounded by the sum of the terms' sizes.
/// </summary>
static class GradientCheck
{
    const double Step = 1e-5;

    /// <summary>Numbers of a seed, roughly normal, with an outlier now and then.</summary>
    public static double[,] Random(int rows, int columns, int seed, double scale = 1)
    {
        var random = new Random(seed);
        var matrix = new double[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                matrix[i, j] = (float)(scale * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * (random.Next(50) == 0 ? 4 : 1));
        return matrix;
    }

    /// <param name="inputs">Values of the inputs.</param>
    /// <param name="parameters">Values of the parameters.</param>
    /// <param name="operation">What is tested.</param>
    /// <param name="definition">The same of inputs and parameters, plainly.</param>
    public static void Run(
        double[][,] inputs, double[][,] parameters, Func<Tape, Variable[], Parameter[], Variable> operation, Func<double[][,], double[][,], double[,]> definition)
    {
        double[,] expected = definition(inputs, parameters);
        double[,] weights = Random(expected.GetLength(0), expected.GetLength(1), seed: 99);
        using var pool = new WorkerPool(2);
        using var tape = new Tape(pool);
        Variable[] variables = [.. inputs.Select(input => Variable(tape, input))];
        Parameter[] trained = [.. parameters.Select((parameter, i) => Parameter(i, parameter))];
        Variable output = operation(tape, variables, trained);
        Near(expected, output.Value, 1e-5, "the value");
        Fill(output.Gradient, weights);
        tape.Backward();
        for (int i = 0; i < inputs.Length; i++) Near(Numeric(inputs[i], () => Weighted(definition(inputs, parameters), weights)), variables[i].Gradient, 3e-5, $"the gradient of input {i}");
        for (int i = 0; i < parameters.Length; i++) Near(Numeric(parameters[i], () => Weighted(definition(inputs, parameters), weights)), trained[i].Gradient, 3e-5, $"the gradient of parameter {i}");
        foreach (Parameter parameter in trained) parameter.Dispose();
    }

    public static Variable Variable(Tape tape, double[,] values)
    {
        Variable variable = tape.Variable(values.GetLength(0), values.GetLength(1));
        Fill(variable.Value, values);
        return variable;
    }

    public static Parameter Parameter(int index, double[,] values)
    {
        var parameter = new Parameter([new($"parameter {index}", [values.GetLength(0), values.GetLength(1)])], values.GetLength(0), values.GetLength(1), decays: true);
        Fill(parameter.Value, values);
        return parameter;
    }

    public static double[,] Numeric(double[,] at, Func<double> function)
    {
        var gradient = new double[at.GetLength(0), at.GetLength(1)];
        for (int i = 0; i < at.GetLength(0); i++)
        {
            for (int j = 0; j < at.GetLength(1); j++)
            {
                double kept = at[i, j];
                at[i, j] = kept + Step;
                double above = function();
                at[i, j] = kept - Step;
                double below = function();
                at[i, j] = kept;
                gradient[i, j] = (above - below) / (2 * Step);
            }
        }
        return gradient;
    }

    public static void Near(double[,] expected, Matrix actual, double bound, string what)
    {
        Assert.Equal((expected.GetLength(0), expected.GetLength(1)), (actual.Rows, actual.Columns));
        double size = expected.Cast<double>().Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (int i = 0; i < actual.Rows; i++)
            for (int j = 0; j < actual.Columns; j++)
                Assert.True(Math.Abs(expected[i, j] - actual.Row(i)[j]) <= bound * (1 + size), $"{what} at ({i}, {j}): expected {expected[i, j]:g9}, got {actual.Row(i)[j]:g9}, largest {size:g3}");
    }

    static double Weighted(double[,] values, double[,] weights)
    {
        double sum = 0;
        for (int i = 0; i < values.GetLength(0); i++)
            for (int j = 0; j < values.GetLength(1); j++) sum += values[i, j] * weights[i, j];
        return sum;
    }

    static void Fill(Matrix target, double[,] values)
    {
        for (int i = 0; i < target.Rows; i++)
            for (int j = 0; j < target.Columns; j++) target.Row(i)[j] = (float)values[i, j];
    }
}
