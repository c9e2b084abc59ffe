using Juxta.Engine.Generation;

namespace Juxta.EngineTests.Sampling;

/// <summary>The definition of drawing, in double and with full sorts.</summary>
static class ReferenceSampler
{
    /// <summary>Ids that may be drawn with their probabilities, by falling logit, ties by rising id.</summary>
    public static List<(int Id, double Probability)> Distribution(
        IReadOnlyList<float> logits, SamplingOptions options, IReadOnlyList<int> prompt, IReadOnlyList<int> answer, IReadOnlyList<int> banned)
    {
        double[] x = [.. logits.Select(logit => (double)logit)];
        foreach ((int id, float bias) in options.LogitBias) x[id] = bias <= -100 ? double.NegativeInfinity : x[id] + bias;
        foreach (int id in prompt.Concat(answer).Distinct()) x[id] = x[id] > 0 ? x[id] / options.RepetitionPenalty : x[id] * options.RepetitionPenalty;
        foreach (IGrouping<int, int> group in answer.GroupBy(id => id)) x[group.Key] -= options.PresencePenalty + (options.FrequencyPenalty * group.Count());
        foreach (int id in banned) x[id] = double.NegativeInfinity;

        double max = x.Max();
        List<(int Id, double Weight)> order = [.. Enumerable.Range(0, x.Length)
            .OrderByDescending(id => x[id]).ThenBy(id => id)
            .Select(id => (id, options.Temperature == 0 ? (x[id] == max ? 1 : 0) : Math.Exp((x[id] - max) / options.Temperature)))];
        if (options.Temperature == 0) return [(order[0].Id, 1)];
        if (options.TopK > 0) order = [.. order.Take(options.TopK)];
        if (options.TopP < 1)
        {
            double target = options.TopP * order.Sum(token => token.Weight), sum = 0;
            int kept = 0;
            do sum += order[kept++].Weight; while (sum < target && kept < order.Count);
            order = [.. order.Take(kept)];
        }
        order = [.. order.Where(token => token.Weight >= options.MinP && token.Weight > Math.Exp(-87))];
        double total = order.Sum(token => token.Weight);
        return [.. order.Select(token => (token.Id, token.Weight / total))];
    }

    /// <summary>The token at which the probabilities, by rising id, pass u; and how near u came to another.</summary>
    public static (int Id, double Margin) Draw(List<(int Id, double Probability)> distribution, double u)
    {
        double walked = 0;
        foreach ((int id, double probability) in distribution.OrderBy(token => token.Id))
        {
            if (walked + probability > u) return (id, Math.Min(u - walked, walked + probability - u));
            walked += probability;
        }
        return (distribution.Max(token => token.Id), 0);
    }
}
