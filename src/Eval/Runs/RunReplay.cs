namespace Juxta.Eval.Runs;

/// <summary>What came of doing a run again.</summary>
/// <param name="Compared">Answers that both have.</param>
/// <param name="Different">How many of them are not the same.</param>
/// <param name="First">The first such; null = all are the same.</param>
public sealed record RunReplay(int Compared, int Different, ReplayDifference? First)
{
    public bool Same => Different == 0;

    /// <summary>Compares answer by answer, in the order of settings and samples.</summary>
    public static RunReplay Compare(RunRecord then, RunRecord now)
    {
        ArgumentNullException.ThrowIfNull(then);
        ArgumentNullException.ThrowIfNull(now);
        Dictionary<(int, string), SampleResult> again = now.Results.ToDictionary(result => (result.Setting, result.Sample));
        (SampleResult Then, SampleResult Now)[] pairs = [.. then.Results.Where(result => again.ContainsKey((result.Setting, result.Sample))).Select(result => (result, again[(result.Setting, result.Sample)]))];
        ReplayDifference[] differences = [.. pairs.Select(pair => Between(pair.Then, pair.Now)).OfType<ReplayDifference>()];
        return new RunReplay(pairs.Length, differences.Length, differences.FirstOrDefault());
    }

    /// <summary>The first thing in which two answers to one question are not the same.</summary>
    static ReplayDifference? Between(SampleResult then, SampleResult now)
    {
        ReplayDifference Differs(string what, int? token, object? a, object? b) => new(then.Setting, then.Sample, what, token, Shown(a), Shown(b));
        if (then.Ids is { } ids && now.Ids is { } again)
        {
            int same = ids.Zip(again).TakeWhile(pair => pair.First == pair.Second).Count();
            if (same < Math.Max(ids.Count, again.Count)) return Differs("ids", same, same < ids.Count ? ids[same] : null, same < again.Count ? again[same] : null);
        }
        if (then.Answer != now.Answer) return Differs("answer", null, then.Answer, now.Answer);
        if (then.Outcome != now.Outcome) return Differs("outcome", null, then.Outcome, now.Outcome);
        if (then.Logprobs is { } first && now.Logprobs is { } second)
        {
            int same = first.Zip(second).TakeWhile(pair => pair.First.Equals(pair.Second)).Count();
            if (same < Math.Max(first.Count, second.Count)) return Differs("logprobs", same, same < first.Count ? first[same] : null, same < second.Count ? second[same] : null);
        }
        return then.Nats is { } nats && now.Nats is { } loss && !nats.Equals(loss) ? Differs("nats", null, nats, loss) : null;
    }

    static string Shown(object? value) => value is null ? "nothing" : FormattableString.Invariant($"{value}");
}

/// <summary>Where two answers to one question part.</summary>
/// <param name="Setting">Index of the setting.</param>
/// <param name="Sample">The sample's id.</param>
/// <param name="What">The field of the answer's line: <c>ids</c>, <c>answer</c>, <c>outcome</c>, <c>logprobs</c> or <c>nats</c>.</param>
/// <param name="Token">Index of the first token that is not the same, where the field is of tokens.</param>
/// <param name="Then">What was there.</param>
/// <param name="Now">What is there now.</param>
public sealed record ReplayDifference(int Setting, string Sample, string What, int? Token, string Then, string Now)
{
    public override string ToString() => $"setting {Setting}, sample {Sample}{(Token is { } token ? FormattableString.Invariant($", token {token}") : "")}: {What} then {Then}, now {Now}";
}
