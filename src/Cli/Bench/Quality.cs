using Juxta.Engine;

namespace Juxta.Cli.Bench;

/// <summary>How far rounded weights, keys and values move a model's predictions of a text.</summary>
/// <param name="Text">Where the text comes from.</param>
/// <param name="Tokens">Predictions compared.</param>
/// <param name="MeanKl">Mean of Σ p·ln(p / q) over the vocabulary, in nats; p with the weights as stored and a cache of f32, q as rounded.</param>
/// <param name="LargestKl">Of one prediction.</param>
/// <param name="SameTop">Share of predictions with the same likeliest token.</param>
/// <param name="StoredLoss">Mean −ln p of the text's own tokens, in nats.</param>
/// <param name="Loss">The same as rounded.</param>
internal sealed record Quality(string Text, int Tokens, double MeanKl, double LargestKl, double SameTop, double StoredLoss, double Loss)
{
    const int WindowTokens = 256, Windows = 8;

    /// <param name="file">Text to predict; null = the prompts and references of the eval sets that come with Juxta, or random ids where there is no tokenizer.</param>
    public static async Task<Quality> MeasureAsync(LanguageModel stored, LanguageModel rounded, string? file, int threads, CancellationToken cancel)
    {
        (string name, int[] ids) = Ids(stored, file);
        var options = new EngineOptions { Threads = threads, MaxSequences = 1, CacheTokens = 2 * WindowTokens, SharePrefixes = false };
        await using InferenceEngine before = new(stored, options), after = new(rounded, options);
        int tokens = 0, same = 0;
        double kl = 0, largest = 0, storedLoss = 0, loss = 0;
        foreach (int[] window in ids.Chunk(WindowTokens).Take(Windows).Where(window => window.Length > 1))
        {
            LogitsResult a = await before.LogitsAsync(window, [], cancel), b = await after.LogitsAsync(window, [], cancel);
            for (int t = 0; t < window.Length - 1; t++)
            {
                ReadOnlySpan<float> p = a.Values.AsSpan(t * a.Vocabulary, a.Vocabulary), q = b.Values.AsSpan(t * b.Vocabulary, b.Vocabulary);
                (double divergence, double storedLog, double log, bool top) = Compare(p, q, window[t + 1]);
                kl += divergence;
                largest = Math.Max(largest, divergence);
                storedLoss -= storedLog;
                loss -= log;
                same += top ? 1 : 0;
                tokens++;
            }
        }
        return tokens > 0
            ? new Quality(name, tokens, kl / tokens, largest, (double)same / tokens, storedLoss / tokens, loss / tokens)
            : throw new InputException($"--quality: {name} has fewer than two tokens; give a longer text with --text");
    }

    static (double Kl, double StoredLog, double Log, bool SameTop) Compare(ReadOnlySpan<float> p, ReadOnlySpan<float> q, int target)
    {
        double storedNorm = LogSumExp(p, out int storedTop), norm = LogSumExp(q, out int top), kl = 0;
        for (int i = 0; i < p.Length; i++) kl += Math.Exp(p[i] - storedNorm) * (p[i] - storedNorm - (q[i] - norm));
        return (Math.Max(0, kl), p[target] - storedNorm, q[target] - norm, storedTop == top);
    }

    static double LogSumExp(ReadOnlySpan<float> logits, out int top)
    {
        top = 0;
        for (int i = 1; i < logits.Length; i++) if (logits[i] > logits[top]) top = i;
        double sum = 0;
        foreach (float logit in logits) sum += Math.Exp(logit - logits[top]);
        return logits[top] + Math.Log(sum);
    }

    static (string Name, int[] Ids) Ids(LanguageModel model, string? file)
    {
        if (model.Tokenizer is not { } tokenizer)
        {
            if (file is not null) throw new InputException($"--text {file}: the model has no tokenizer, so only random ids can be predicted; leave --text out");
            var random = new Random(1);
            return ("random ids", [.. Enumerable.Range(0, Windows * WindowTokens).Select(_ => random.Next(model.Description.Vocabulary))]);
        }
        if (file is not null && !File.Exists(file)) throw new InputException($"--text {file}: no such file");
        string text = file is not null ? File.ReadAllText(file) : ShippedText.Of("single-turn");
        int limit = model.Description.Vocabulary;
        return (file ?? "the shipped eval sets", [.. tokenizer.Encode(text).Where(id => id < limit)]);
    }
}
