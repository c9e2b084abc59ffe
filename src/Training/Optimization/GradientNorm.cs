using Juxta.Training.Gradients;

namespace Juxta.Training.Optimization;

/// <summary>The length of all gradients together, as clipping needs it (Pascanu et al. 2013).</summary>
internal static class GradientNorm
{
    /// <summary>√Σ g² in double, over parameters in their order; NaN or infinite where a gradient is.</summary>
    public static double Of(IReadOnlyList<Parameter> parameters)
    {
        double squares = 0;
        foreach (Parameter parameter in parameters)
        {
            for (int row = 0; row < parameter.Rows; row++)
                foreach (float gradient in parameter.Gradient.Row(row)) squares += (double)gradient * gradient;
        }
        return Math.Sqrt(squares);
    }

    /// <summary>The factor that makes gradients no longer than <paramref name="longest"/>; 0 = no limit.</summary>
    public static double ClipFactor(double norm, double longest) => longest > 0 && norm > longest ? longest / norm : 1;
}
