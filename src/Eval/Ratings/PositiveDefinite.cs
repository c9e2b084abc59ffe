namespace Juxta.Eval.Ratings;

/// <summary>Small symmetric positive definite matrices.</summary>
internal static class PositiveDefinite
{
    /// <summary>The inverse by Cholesky's decomposition.</summary>
    public static double[,] Invert(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        var lower = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = matrix[i, j];
                for (int k = 0; k < j; k++) sum -= lower[i, k] * lower[j, k];
                lower[i, j] = i == j ? Math.Sqrt(sum) : sum / lower[j, j];
            }
        }
        var inverse = new double[n, n];
        var column = new double[n];
        for (int c = 0; c < n; c++)
        {
            for (int i = 0; i < n; i++)
            {
                double sum = i == c ? 1 : 0;
                for (int k = 0; k < i; k++) sum -= lower[i, k] * column[k];
                column[i] = sum / lower[i, i];
            }
            for (int i = n - 1; i >= 0; i--)
            {
                double sum = column[i];
                for (int k = i + 1; k < n; k++) sum -= lower[k, i] * column[k];
                column[i] = sum / lower[i, i];
            }
            for (int i = 0; i < n; i++) inverse[i, c] = column[i];
        }
        return inverse;
    }
}
