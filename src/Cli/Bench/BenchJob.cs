using System.Globalization;

namespace Juxta.Cli.Bench;

/// <summary>One thing to measure: reading a prompt, or writing answers side by side behind prompts of a length.</summary>
/// <param name="What">prefill or decode.</param>
/// <param name="Tokens">Of the prompt, or of each answer.</param>
/// <param name="Depth">Tokens before each answer.</param>
/// <param name="Sequences">Answers written together.</param>
internal sealed record BenchJob(string What, int Tokens, int Depth = 0, int Sequences = 1)
{
    const string Expected = "'prefill TOKENS' or 'decode TOKENS [DEPTH [SEQUENCES]]'";

    public bool IsPrefill => What == "prefill";

    /// <summary>Tokens that a cache must hold for it.</summary>
    public int CacheTokens => IsPrefill ? Tokens + 32 : Sequences * (Depth + Tokens + 64);

    /// <summary>What the table shows of a model: answers at the start and in depth, several at once, prompts short and long.</summary>
    /// <param name="tokens">Written per answer.</param>
    /// <param name="depth">How deep, and the length of the long prompt.</param>
    public static BenchJob[] Table(int tokens, int depth) =>
        [.. new BenchJob[] { new("decode", tokens), new("decode", tokens, depth), new("decode", tokens, 0, 4), new("decode", tokens, 0, 16), new("prefill", Math.Min(512, depth)), new("prefill", depth) }.Distinct()];

    /// <exception cref="InputException">It is none.</exception>
    public static BenchJob Parse(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] numbers = [.. words.Skip(1).Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)];
        bool fits = words is ["prefill", _] or ["decode", _] or ["decode", _, _] or ["decode", _, _, _];
        if (!fits || numbers.Contains(-1) || numbers[0] == 0 || numbers is [_, _, 0]) throw new InputException($"bench --on-request: '{line}' is no request; expected {Expected}");
        return new BenchJob(words[0], numbers[0], numbers.ElementAtOrDefault(1), numbers.Length > 2 ? numbers[2] : 1);
    }

    public override string ToString() => IsPrefill
        ? $"prefill, {Tokens} tokens"
        : Sequences > 1 ? $"decode, {Sequences} answers together" : Depth > 0 ? $"decode behind {Depth} tokens" : "decode, one answer";
}
