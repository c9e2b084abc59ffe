using System.Text.Json;
using Juxta.Eval.Suites;
using Microsoft.Extensions.AI;

namespace Juxta.Eval.Runs;

/// <summary>
/// Asks a model every sample of a set under every setting (design D11: any <see cref="IChatClient"/>), so many at once as fill its batch. Each answer is written
/// when it ends; a run that was stopped or killed goes on with the samples that are not in its log.
/// </summary>
/// <param name="client">The model.</param>
/// <param name="atOnce">Samples under way at the same time.</param>
public sealed class SuiteRunner(IChatClient client, int atOnce)
{
    static readonly string[] Known = ["temperature", "top_p", "top_k", "max_tokens", "seed", "stop"];

    /// <summary>Runs what is missing, and returns all answers in the order of settings and samples.</summary>
    /// <param name="log">The run's file; made where there is none.</param>
    /// <param name="model">What the log calls the model.</param>
    /// <param name="progress">Told after each answer how many there are of how many.</param>
    /// <exception cref="SuiteException">The log is another run's or damaged, or a setting is of no use to a chat client.</exception>
    public async Task<IReadOnlyList<SampleResult>> RunAsync(EvalSet set, string log, string model, IProgress<(int Done, int Of)>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        foreach (string name in set.Generation.Keys)
            if (!Known.Contains(name)) throw new SuiteException($"{set.Id}: the generation setting '{name}' is not known to a run; there are {string.Join(", ", Known)}");
        if (set.Settings.Any(setting => setting.MaxSourceLength is not null))
            throw new SuiteException($"{set.Id}: max_source_length counts tokens, and a chat client does not say how it counts them; run the set without this axis");
        if (set.Samples.FirstOrDefault(sample => sample.Tools is not null) is { } tools) throw new SuiteException($"{set.Id}: the sample '{tools.Id}' gives the model tools, which a run cannot do yet");
        using RunLog file = RunLog.Open(log, RunHead.Of(model, set));
        var all = set.Settings.SelectMany((setting, i) => set.Samples.Select(sample => (Index: i, Setting: setting, Sample: sample))).ToArray();
        var missing = all.Where(one => !file.Results.ContainsKey((one.Index, one.Sample.Id))).ToArray();
        int done = all.Length - missing.Length;
        progress?.Report((done, all.Length));
        await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancel }, async (one, stop) =>
        {
            file.Add(await AskAsync(set, one.Index, one.Setting, one.Sample, stop));
            progress?.Report((Interlocked.Increment(ref done), all.Length));
        });
        return [.. all.Select(one => file.Results[(one.Index, one.Sample.Id)])];
    }

    async Task<SampleResult> AskAsync(EvalSet set, int index, SuiteSetting setting, EvalSample sample, CancellationToken cancel)
    {
        ChatMessage[] messages = [.. set.Prompt(sample, setting).Select(message => new ChatMessage(new ChatRole(message.Role), message.Content))];
        ChatResponse response = await client.GetResponseAsync(messages, Options(set, setting), cancel);
        // Where a streamed answer's properties end up depends on whether its updates name a message.
        object? precise = response.AdditionalProperties?.GetValueOrDefault("outcome") ?? response.Messages.LastOrDefault()?.AdditionalProperties?.GetValueOrDefault("outcome");
        string? outcome = precise as string ?? response.FinishReason?.Value;
        return new SampleResult(index, sample.Id, response.Text, outcome) { PromptTokens = response.Usage?.InputTokenCount, CompletionTokens = response.Usage?.OutputTokenCount };
    }

    static ChatOptions Options(EvalSet set, SuiteSetting setting)
    {
        IReadOnlyDictionary<string, JsonElement> given = set.Generation;
        try
        {
            return new ChatOptions
            {
                Temperature = Find("temperature")?.GetSingle(),
                TopP = Find("top_p")?.GetSingle(),
                TopK = Find("top_k")?.GetInt32(),
                MaxOutputTokens = setting.MaxTargetLength ?? Find("max_tokens")?.GetInt32(),
                Seed = Find("seed")?.GetInt64(),
                StopSequences = Find("stop") is { } stops ? [.. stops.EnumerateArray().Select(stop => stop.GetString()!)] : null,
            };
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw new SuiteException($"{set.Id}: a generation setting has no value of its kind ({error.Message})", error);
        }

        JsonElement? Find(string name) => given.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }
}
