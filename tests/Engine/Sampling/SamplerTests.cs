using Juxta.Engine.Generation;
using Juxta.Engine.Sampling;

namespace Juxta.EngineTests.Sampling;

public class SamplerTests
{
    static readonly Sampler Sampler = new();

    static float[] Normal(int count, int seed, double scale = 3)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }

    static int Draw(float[] logits, SamplingOptions options, ulong seed = 0, int position = 1, int[]? prompt = null, int[]? answer = null, int[]? banned = null)
    {
        var history = new TokenHistory(prompt ?? []);
        foreach (int id in answer ?? []) history.AddAnswer(id);
        float[] row = [.. logits];
        int drawn = Sampler.Draw(row, options, history, banned ?? [], seed, position);
        Assert.Equal(logits, row); // put back as it was
        return drawn;
    }

    public static TheoryData<string, SamplingOptions> Settings => new()
    {
        { "all", new SamplingOptions() },
        { "hot", new SamplingOptions { Temperature = 3 } },
        { "cold", new SamplingOptions { Temperature = 0.1f } },
        { "all but frozen", new SamplingOptions { Temperature = 1e-20f } },
        { "top-k 1", new SamplingOptions { TopK = 1 } },
        { "top-k 50", new SamplingOptions { TopK = 50 } },
        { "top-k large", new SamplingOptions { TopK = 900, Temperature = 5 } },
        { "top-k beyond", new SamplingOptions { TopK = 1_000_000 } },
        { "top-p 0", new SamplingOptions { TopP = 0 } },
        { "top-p 0.5", new SamplingOptions { TopP = 0.5f } },
        { "top-p 0.95 flat", new SamplingOptions { TopP = 0.95f, Temperature = 20 } },
        { "top-p 0.999999", new SamplingOptions { TopP = 0.999999f } },
        { "min-p 0.05", new SamplingOptions { MinP = 0.05f } },
        { "min-p 1", new SamplingOptions { MinP = 1 } },
        { "all filters", new SamplingOptions { Temperature = 2, TopK = 40, TopP = 0.8f, MinP = 0.02f } },
        { "p then min-p", new SamplingOptions { Temperature = 4, TopP = 0.7f, MinP = 0.3f } },
        { "penalties", new SamplingOptions { RepetitionPenalty = 1.3f, PresencePenalty = 0.7f, FrequencyPenalty = 0.4f, TopK = 100 } },
        { "bias", new SamplingOptions { LogitBias = new Dictionary<int, float> { [3] = 9, [5] = -100, [7] = -2 }, TopP = 0.9f } },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Draws_are_those_of_the_definition(string name, SamplingOptions options)
    {
        Assert.NotNull(name);
        int[] prompt = [1, 2, 3, 4, 4, 60], answer = [3, 3, 3, 70, 80], banned = [11, 12];
        foreach (int vocabulary in (int[])[1 + 128, 1000, 4096])
        {
            float[] logits = Normal(vocabulary, vocabulary);
            List<(int Id, double Probability)> distribution = ReferenceSampler.Distribution(logits, options, prompt, answer, banned);
            for (int position = 0; position < 300; position++)
            {
                int drawn = Draw(logits, options, 9, position, prompt, answer, banned);
                (int expected, double margin) = ReferenceSampler.Draw(distribution, Philox.Uniform(9, (ulong)position));
                if (margin > 1e-6) Assert.Equal(expected, drawn);
                else Assert.Contains(drawn, distribution.Select(token => token.Id));
            }
        }
    }

    [Fact]
    public void Draws_follow_the_probabilities()
    {
        float[] logits = [.. ((double[])[0.5, 0.25, 0.125, 0.125]).Select(p => (float)Math.Log(p))];
        var counts = new int[4];
        for (int position = 0; position < 40_000; position++) counts[Draw(logits, new SamplingOptions(), 3, position)]++;
        Assert.Equal(0.5, counts[0] / 40_000.0, 0.01);
        Assert.Equal(0.25, counts[1] / 40_000.0, 0.01);
        Assert.Equal(0.125, counts[2] / 40_000.0, 0.01);
    }

    [Fact]
    public void A_row_taken_as_a_whole_gives_the_draws_of_one_taken_apart()
    {
        Sampler whole = new(true), apart = new(false), either = new();
        foreach (int vocabulary in (int[])[1, 63, 64, 129, 1000, 9001])
        {
            float[] normal = Normal(vocabulary, vocabulary);
            float[][] rows =
            [
                normal,
                [.. normal.Select(logit => MathF.Round(logit))], // ties abound, at the cut too
                [.. Enumerable.Repeat(0f, vocabulary)],
                [.. normal.Select((logit, id) => id % 64 < 4 ? logit - 8 : logit)], // those that the guess looks at are unlike the others
                [.. normal.Select((logit, id) => id % 64 < 4 ? logit + 8 : logit)],
                [.. normal.Select((logit, id) => id % 3 == 0 && id > 0 ? float.NegativeInfinity : -logit)],
                [.. normal.Select((logit, id) => id == vocabulary / 2 ? 40 : logit)],
            ];
            foreach (float[] row in rows)
            {
                foreach (SamplingOptions options in (SamplingOptions[])
                [
                    new() { TopP = 0.9f }, new() { TopP = 0.5f, Temperature = 4 }, new() { TopP = 0.999f, Temperature = 2 }, new() { TopP = 0.985f },
                    new() { TopP = 0 }, new() { TopP = 0.7f, MinP = 0.3f, Temperature = 4 }, new() { TopP = 0.95f, MinP = 1 }, new() { TopP = 0.3f, Temperature = 1e-20f },
                ])
                {
                    for (int position = 0; position < 12; position++)
                    {
                        int expected = apart.Draw(row, options, 4, position);
                        Assert.Equal(expected, whole.Draw(row, options, 4, position));
                        Assert.Equal(expected, either.Draw(row, options, 4, position));
                    }
                }
            }
        }
    }

    [Fact]
    public void Ties_go_to_the_lower_id()
    {
        float[] flat = new float[1000];
        Assert.Equal(0, Draw(flat, SamplingOptions.Greedy));
        for (int position = 0; position < 100; position++)
        {
            Assert.InRange(Draw(flat, new SamplingOptions { TopK = 5 }, 1, position), 0, 4);
            Assert.InRange(Draw(flat, new SamplingOptions { TopP = 0.01f }, 1, position), 0, 9);
        }
        flat[700] = flat[900] = 1;
        Assert.Equal(700, Draw(flat, SamplingOptions.Greedy));
        Assert.Equal(700, Draw(flat, new SamplingOptions { TopK = 1 }));
        float[] zeros = [-0f, 0f, -0f];
        Assert.Equal(0, Draw(zeros, SamplingOptions.Greedy));
        Assert.Equal(0, Draw(zeros, new SamplingOptions { TopK = 1 }));
    }

    [Fact]
    public void Greedy_obeys_penalties_bias_and_bans()
    {
        float[] logits = [1, 4, 3.9f, -1];
        Assert.Equal(1, Draw(logits, SamplingOptions.Greedy));
        Assert.Equal(2, Draw(logits, SamplingOptions.Greedy, banned: [1]));
        Assert.Equal(2, Draw(logits, SamplingOptions.Greedy with { RepetitionPenalty = 1.1f }, prompt: [1]));
        Assert.Equal(1, Draw(logits, SamplingOptions.Greedy with { PresencePenalty = 2 }, prompt: [1])); // presence counts the answer only
        Assert.Equal(2, Draw(logits, SamplingOptions.Greedy with { PresencePenalty = 2 }, answer: [1]));
        Assert.Equal(1, Draw(logits, SamplingOptions.Greedy with { FrequencyPenalty = 0.05f }, answer: [1]));
        Assert.Equal(2, Draw(logits, SamplingOptions.Greedy with { FrequencyPenalty = 0.05f }, answer: [1, 1, 1]));
        Assert.Equal(3, Draw(logits, SamplingOptions.Greedy with { LogitBias = new Dictionary<int, float> { [3] = 6 } }));
        Assert.Equal(2, Draw(logits, SamplingOptions.Greedy with { LogitBias = new Dictionary<int, float> { [1] = -100 } }));
    }

    [Fact]
    public void Infinitely_unlikely_tokens_are_never_drawn_and_survive_every_penalty()
    {
        float[] logits = [float.NegativeInfinity, 0, float.NegativeInfinity, 1];
        var options = new SamplingOptions { RepetitionPenalty = 1.5f, PresencePenalty = -2, FrequencyPenalty = -2, LogitBias = new Dictionary<int, float> { [0] = 100 }, TopK = 4, TopP = 0.9999f };
        for (int position = 0; position < 200; position++) Assert.Contains(Draw(logits, options, 5, position, [0, 1], [2, 3]), (int[])[1, 3]);
    }

    [Theory]
    [InlineData(float.NaN, 700)]
    [InlineData(float.NaN, 999)]
    [InlineData(float.PositiveInfinity, 3)]
    public void Logits_that_are_not_finite_are_reported(float bad, int at)
    {
        float[] logits = Normal(1000, 1);
        logits[at] = bad;
        Assert.Contains("not finite", Assert.Throws<LogitsException>(() => Draw(logits, SamplingOptions.Greedy)).Message, StringComparison.Ordinal);
        Assert.Contains("not finite", Assert.Throws<LogitsException>(() => Draw(logits, new SamplingOptions { TopK = 5 })).Message, StringComparison.Ordinal);
        Assert.Contains("not finite", Assert.Throws<LogitsException>(() => Sampler.Score(logits, 1000, 0, 0, out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_without_any_allowed_token_is_reported()
    {
        Assert.Contains("forbid every one", Assert.Throws<LogitsException>(() => Draw([1, 2], SamplingOptions.Greedy, banned: [0, 1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_are_of_the_raw_row_padding_included_and_alternatives_are_not_padding()
    {
        float[] logits = Normal(1000, 5);
        logits[990] = 20; // a padding row that the model happens to like
        float score = Sampler.Score(logits, 980, 17, 5, out IReadOnlyList<TokenLogProb> top);
        double logSum = Math.Log(logits.Sum(x => Math.Exp(x)));
        Assert.Equal(logits[17] - logSum, score, 1e-5);
        int[] expected = [.. Enumerable.Range(0, 980).OrderByDescending(id => logits[id]).Take(5)];
        Assert.Equal(expected, top.Select(token => token.Id));
        Assert.All(top, token => Assert.Equal(logits[token.Id] - logSum, token.LogProb, 1e-5));
    }

    [Fact]
    public void Draws_never_change()
    {
        // Stored answers are replayed through these draws: whatever changes one of them breaks every stored sample.
        // The ids are a computation in Python's doubles by the definition.
        float[] logits = [.. Enumerable.Range(0, 5000).Select(id => (float)(12 * Philox.Uniform(1, (ulong)id)))];
        int[] Ids(SamplingOptions options) => [.. Enumerable.Range(0, 8).Select(position => Draw(logits, options, 2026, position))];
        Assert.Equal([2060, 4955, 3402, 3602, 3077, 1558, 4966, 3955], Ids(new SamplingOptions()));
        Assert.Equal([1904, 4955, 2875, 3025, 2604, 1428, 4955, 3585], Ids(new SamplingOptions { Temperature = 0.7f, TopK = 50 }));
        Assert.Equal([2060, 4955, 3399, 3607, 3077, 1558, 4960, 3956], Ids(new SamplingOptions { Temperature = 1.2f, TopP = 0.9f, MinP = 0.01f }));
    }
}
