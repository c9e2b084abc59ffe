using FsCheck;
using FsCheck.Fluent;
using Juxta.Engine.Sampling;

namespace Juxta.EngineTests.Sampling;

public class RankedSelectTests
{
    [Fact]
    public void Keys_sort_by_falling_logit_then_rising_id()
    {
        (float Logit, int Id)[] tokens = [(float.PositiveInfinity, 4), (3.5f, 0), (3.5f, 9), (1e-30f, 1), (0f, 2), (-0f, 3), (-1e-30f, 5), (-7, 6), (float.NegativeInfinity, 7)];
        ulong[] keys = [.. tokens.Select(token => RankedSelect.Key(token.Logit, token.Id))];
        Assert.Equal(keys.Order(), keys);
        Assert.Equal(tokens.Select(token => token.Id), keys.Select(RankedSelect.Id));
    }

    [Fact]
    public void The_start_found_reaches_the_sum_and_is_the_shortest_that_does()
    {
        Gen<(float[] Weights, double Share)> cases =
            from count in Gen.Choose(1, 400)
            from weights in Gen.Choose(0, 30).ArrayOf(count)
            from share in Gen.Choose(0, 1000)
            select (weights.Select(weight => weight / 8f).ToArray(), share / 1000.0);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            // Logits in few values, so that ties abound; eighths add up exactly.
            ulong[] keys = [.. c.Weights.Select((_, id) => RankedSelect.Key(id * 7919 % 13, id))];
            double target = c.Share * c.Weights.Sum();
            double sum = 0;
            ulong expected = keys.Zip(c.Weights).OrderBy(pair => pair.First).FirstOrDefault(pair => (sum += pair.Second) >= target, (keys.Max(), 0)).First;
            return RankedSelect.LastKeyReaching([.. keys], [.. c.Weights], target) == expected;
        }).QuickCheckThrowOnFailure();
    }
}
