using System.Globalization;
using System.Text.Json;
using Juxta.Eval.Metrics.ChatGlm;
using Juxta.Eval.Significance;

namespace Juxta.EvalTests.Significance;

/// <summary>Random streams and sums against numpy's own.</summary>
public sealed class NumpyTests
{
    static IEnumerable<JsonElement> Cases(string kind) => MetricFixtures.Cases("numpy-rng").Where(c => c.Text("kind") == kind);

    static ulong Seed(JsonElement c) => ulong.Parse(c.Text("seed"), CultureInfo.InvariantCulture);

    [Fact]
    public void Seeds_states_and_draws_are_numpys()
    {
        var wrong = new Differences();
        foreach (JsonElement c in Cases("seedsequence"))
        {
            wrong.Equal(c.GetProperty("words32").ToString(), $"[{string.Join(",", new SeedSequence(Seed(c)).Words32(8))}]", "words32");
            wrong.Equal(string.Join(",", c.GetProperty("words64").Strings()), string.Join(",", new SeedSequence(Seed(c)).Words64(4)), "words64");
        }
        foreach (JsonElement c in Cases("pcg64"))
        {
            var generator = new Pcg64(Seed(c));
            wrong.Equal(c.Text("state"), generator.State.ToString(CultureInfo.InvariantCulture), "state");
            wrong.Equal(c.Text("inc"), generator.Increment.ToString(CultureInfo.InvariantCulture), "increment");
            foreach (string raw in c.GetProperty("raw64").Strings()) wrong.Equal(raw, generator.Next64().ToString(CultureInfo.InvariantCulture), "raw");
        }
        foreach (JsonElement c in Cases("pcg64-double"))
        {
            var generator = new Pcg64(Seed(c));
            foreach (double value in c.GetProperty("values").Numbers()) wrong.Near(value, generator.NextDouble(), 0, "double");
        }
        foreach (JsonElement c in Cases("mt19937"))
        {
            var generator = new MersenneTwister(c.GetProperty("seed").GetUInt32());
            foreach (JsonElement raw in c.GetProperty("raw32").EnumerateArray()) wrong.Equal(raw.GetUInt32(), generator.Next32(), "raw32");
        }
        wrong.AssertNone(60);
    }

    [Theory]
    [InlineData("pcg64-choice")]
    [InlineData("mt19937-choice")]
    public void Bounded_indices_are_numpys(string kind)
    {
        var wrong = new Differences();
        foreach (JsonElement c in Cases(kind))
        {
            int n = c.GetProperty("n").GetInt32(), rows = c.GetProperty("rows").GetInt32();
            var indices = new int[n];
            var all = new List<int>();
            Pcg64? pcg = kind == "pcg64-choice" ? new Pcg64(Seed(c)) : null;
            MersenneTwister? twister = pcg is null ? new MersenneTwister(c.GetProperty("seed").GetUInt32()) : null;
            for (int row = 0; row < rows; row++)
            {
                pcg?.FillIndices(n, indices);
                twister?.FillIndices(n, indices);
                all.AddRange(indices);
            }
            int[] first = [.. c.GetProperty("first").EnumerateArray().Select(e => e.GetInt32())], last = [.. c.GetProperty("last").EnumerateArray().Select(e => e.GetInt32())];
            wrong.Equal(string.Join(",", first), string.Join(",", all.Take(first.Length)), $"{kind} {n} first");
            wrong.Equal(string.Join(",", last), string.Join(",", all.TakeLast(last.Length)), $"{kind} {n} last");
            wrong.Equal(c.GetProperty("sum").GetInt64(), all.Sum(i => (long)i), $"{kind} {n} sum");
            wrong.Equal(c.GetProperty("weighted").GetInt64(), all.Select((v, i) => (i % 1009 + 1L) * v).Sum(), $"{kind} {n} weighted");
        }
        wrong.AssertNone(90);
    }

    [Fact]
    public void Coins_are_numpys_and_leave_the_generator_where_numpy_leaves_it()
    {
        var wrong = new Differences();
        foreach (JsonElement c in Cases("pcg64-bool"))
        {
            int n = c.GetProperty("n").GetInt32(), rows = c.GetProperty("rows").GetInt32();
            var generator = new Pcg64(Seed(c));
            var coins = new BitDraws(generator);
            bool[] all = [.. Enumerable.Range(0, n * rows).Select(_ => coins.Next())];
            string first = c.Text("first");
            wrong.Equal(first, string.Concat(all.Take(first.Length).Select(b => b ? '1' : '0')), $"bool {n} first");
            wrong.Equal(c.GetProperty("ones").GetInt32(), all.Count(b => b), $"bool {n} ones");
            wrong.Equal(c.GetProperty("weighted").GetInt64(), all.Select((v, i) => v ? i % 1009 + 1L : 0).Sum(), $"bool {n} weighted");
            if (c.GetProperty("choice5_after").ValueKind != JsonValueKind.Array) continue;
            var after = new int[5];
            generator.FillIndices(n, after);
            wrong.Equal(c.GetProperty("choice5_after").ToString(), $"[{string.Join(",", after)}]", $"bool {n} after");
        }
        wrong.AssertNone(80);
    }

    [Fact]
    public void Sums_percentiles_and_rounding_are_exact()
    {
        var wrong = new Differences();
        foreach (JsonElement c in Cases("pairwise-sum"))
        {
            double[] values = c.TryGetProperty("values", out JsonElement given) ? given.Numbers() : [.. Enumerable.Range(1, c.GetProperty("n").GetInt32()).Select(Ruled)];
            wrong.Near(c.GetProperty("sum").GetDouble(), PairwiseSum.Of(values), 0, $"sum of {values.Length}");
            wrong.Near(c.GetProperty("mean").GetDouble(), PairwiseSum.Mean(values), 0, $"mean of {values.Length}");
        }
        foreach (JsonElement c in Cases("percentile-linear"))
        {
            double[] sorted = c.GetProperty("sorted").Numbers(), q = c.GetProperty("q").Numbers(), expected = c.GetProperty("expected").Numbers();
            for (int i = 0; i < q.Length; i++) wrong.Near(expected[i], Percentile.Of(sorted, q[i]), 0, $"percentile {q[i]} of {sorted.Length}");
        }
        foreach (JsonElement c in Cases("python-round4"))
        {
            double[] values = c.GetProperty("values").Numbers(), expected = c.GetProperty("expected").Numbers();
            for (int i = 0; i < values.Length; i++) wrong.Near(expected[i], ChatGlmMetric.Round4(values[i]), 0, $"round {values[i]:R}");
        }
        wrong.AssertNone(100);
    }

    /// <summary>frac((i) · 0.618…) · 1000 − 300, in the order written.</summary>
    static double Ruled(int i)
    {
        double product = i * 0.6180339887498949;
        return (product - Math.Floor(product)) * 1000 - 300;
    }

    [Fact]
    public void The_exact_mean_is_rounded_once()
    {
        Assert.Equal(0.3, ExactMean.Of([0.1, 0.2, 0.6])); // the exact sum of the three doubles / 3 rounds to 0.3
        Assert.Equal(1 / 3.0, ExactMean.Of([1, 0, 0]));
        Assert.Equal(-2.5, ExactMean.Of([-2, -3]));
        Assert.Equal(double.Epsilon, ExactMean.Of([double.Epsilon, double.Epsilon]));
        Assert.Equal(1.0, ExactMean.Of([1e308, 1, 2, -1e308, 1]) * 5 / 4, 1e-12);
        Assert.Equal(0.2 + 0.1, ExactSum.Of([0.1, 0.2]), 1e-16);
        Assert.Equal(1.0, ExactSum.Of([.. Enumerable.Repeat(0.1, 10)]));
    }
}
