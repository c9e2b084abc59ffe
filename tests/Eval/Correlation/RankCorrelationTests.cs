using FsCheck;
using FsCheck.Fluent;
using Juxta.Eval.Correlation;

namespace Juxta.EvalTests.Correlation;

public sealed class RankCorrelationTests
{
    static readonly Config Seeded = Config.QuickThrowOnFailure.WithReplay(20261130UL, 3UL).WithMaxTest(300);

    /// <summary>scipy 1.10.1, <c>kendalltau(x, y, variant="b")</c> and <c>spearmanr(x, y)</c>.</summary>
    [Theory]
    [InlineData(
        new[] { 0, 0.3, -0.27, -0.89, -0.45, -0.99, 0.06, 1.34, -0.49, -0.62, 0.49, 0.36 },
        new[] { 0.11, -0.93, -0.03, 0.7, -1.34, -0.46, -1.9, -1.29, -1.84, -0.24, -1.27, 0.27 }, -0.1212121212121212, -0.20979020979020982)]
    [InlineData(
        new double[] { 1, 0, 0, 2, 3, 1, 3, 3, 3, 2, 1, 2, 1, 1, 1 },
        new double[] { 0, 3, 0, 0, 0, 3, 2, 3, 0, 2, 1, 1, 0, 2, 3 }, -0.09999999999999999, -0.11568627450980394)]
    public void Values_are_scipys(double[] x, double[] y, double tau, double rho)
    {
        Assert.Equal(tau, RankCorrelation.KendallTauB(x, y), 14);
        Assert.Equal(rho, RankCorrelation.Spearman(x, y), 14);
    }

    [Fact]
    public void Worked_by_hand()
    {
        // Pairs of (1,1) (2,3) (3,2): two in order, one not.
        Assert.Equal(1.0 / 3, RankCorrelation.KendallTauB([1, 2, 3], [1, 3, 2]), 15);
        Assert.Equal(0.5, RankCorrelation.Spearman([1, 2, 3], [1, 3, 2]), 15);
        Assert.Equal(1, RankCorrelation.KendallTauB([1, 2, 4], [10, 20, 30]), 15);
        Assert.Equal(-1, RankCorrelation.Spearman([1, 2, 4], [3, 2, 1]), 15);
        Assert.True(double.IsNaN(RankCorrelation.KendallTauB([1, 1, 1], [1, 2, 3])));
        Assert.True(double.IsNaN(RankCorrelation.Spearman([1, 1, 1], [1, 2, 3])));
        Assert.Equal([1.5, 3, 1.5], RankCorrelation.Ranks([2, 5, 2]));
        Assert.Contains("two or more", Assert.Throws<ArgumentException>(() => RankCorrelation.Spearman([1], [1])).Message);
        Assert.Contains("needs pairs", Assert.Throws<ArgumentException>(() => RankCorrelation.KendallTauB([1, 2], [1])).Message);
    }

    [Fact]
    public void Merge_sort_counts_what_comparing_all_pairs_counts()
    {
        Prop.ForAll(Gen.Choose(0, 6).Two().ListOf().Where(list => list.Count > 1).ToArbitrary(), pairs =>
        {
            double[] x = [.. pairs.Select(p => (double)p.Item1)], y = [.. pairs.Select(p => (double)p.Item2)];
            Assert.Equal(AllPairs(x, y), RankCorrelation.KendallTauB(x, y), 12);
            double back = RankCorrelation.KendallTauB(y, x);
            Assert.Equal(RankCorrelation.KendallTauB(x, y), back, 12);
        }).Check(Seeded);
    }

    static double AllPairs(double[] x, double[] y)
    {
        double sum = 0, inX = 0, inY = 0;
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                int a = Math.Sign(x[i] - x[j]), b = Math.Sign(y[i] - y[j]);
                sum += a * b;
                inX += a * a;
                inY += b * b;
            }
        }
        return sum / Math.Sqrt(inX * inY);
    }
}
