using Juxta.Eval.Comparison;

namespace Juxta.EvalTests.Comparison;

public sealed class HolmTests
{
    [Fact]
    public void The_smallest_is_multiplied_by_all_the_next_by_one_less_and_order_is_kept()
    {
        // Sorted 0.01, 0.03, 0.03, 0.04, 0.5 times 5, 4, 3, 2, 1: 0.05, 0.12, 0.09 → 0.12, 0.08 → 0.12, 0.5.
        double[] corrected = Holm.Correct([0.04, 0.01, 0.5, 0.03, 0.03]);
        double[] expected = [0.12, 0.05, 0.5, 0.12, 0.12];
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], corrected[i], 12);
    }

    [Fact]
    public void Nothing_rises_above_1_and_one_test_needs_no_correction()
    {
        Assert.Equal([1.0, 1.0, 1.0], Holm.Correct([0.6, 0.9, 1]));
        Assert.Equal([0.03], Holm.Correct([0.03]));
        Assert.Empty(Holm.Correct([]));
    }
}
