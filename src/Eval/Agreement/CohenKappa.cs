namespace Juxta.Eval.Agreement;

/// <summary>What a disagreement weighs.</summary>
public enum KappaWeights
{
    /// <summary>All alike.</summary>
    None,

    /// <summary>By the distance of the categories.</summary>
    Linear,

    /// <summary>By its square.</summary>
    Quadratic,
}

/// <summary>Agreement of two raters beyond chance (Cohen 1960, 1968).</summary>
public static class CohenKappa
{
    /// <summary>Counts: row = category of the first rater, column = of the second.</summary>
    public static double[,] Confusion(IReadOnlyList<int> first, IReadOnlyList<int> second, int categories)
    {
        var table = new double[categories, categories];
        for (int i = 0; i < first.Count; i++) table[first[i], second[i]]++;
        return table;
    }

    /// <summary>Kappa; NaN where both used one and the same category only.</summary>
    public static double Of(double[,] confusion, KappaWeights weights = KappaWeights.None)
    {
        int n = confusion.GetLength(0);
        (double[] rows, double[] columns, double total) = Margins(confusion);
        double observed = 0, expected = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double weight = weights switch { KappaWeights.None => i == j ? 0 : 1, KappaWeights.Linear => Math.Abs(i - j), _ => (double)(i - j) * (i - j) };
                observed += weight * confusion[i, j];
                expected += weight * (rows[i] * columns[j] / total);
            }
        }
        return 1 - observed / expected;
    }

    /// <summary>Standard error of the unweighted kappa for large samples (Fleiss, Cohen and Everitt 1969).</summary>
    public static double StandardError(double[,] confusion)
    {
        int n = confusion.GetLength(0);
        (double[] rows, double[] columns, double total) = Margins(confusion);
        double kappa = Of(confusion), chance = 0, a = 0, b = 0;
        for (int i = 0; i < n; i++) chance += rows[i] / total * (columns[i] / total);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double share = confusion[i, j] / total;
                if (i == j) a += share * Math.Pow(1 - (rows[i] + columns[i]) / total * (1 - kappa), 2);
                else b += share * Math.Pow((columns[i] + rows[j]) / total, 2);
            }
        }
        double c = Math.Pow(kappa - chance * (1 - kappa), 2);
        return Math.Sqrt((a + b * Math.Pow(1 - kappa, 2) - c) / (Math.Pow(1 - chance, 2) * total));
    }

    static (double[] Rows, double[] Columns, double Total) Margins(double[,] table)
    {
        int n = table.GetLength(0);
        double[] rows = new double[n], columns = new double[n];
        double total = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                rows[i] += table[i, j];
                columns[j] += table[i, j];
                total += table[i, j];
            }
        }
        return (rows, columns, total);
    }
}
