using System.Text;
using Juxta.Eval.Suites;
using Microsoft.Extensions.AI;

namespace Juxta.Eval.Runs;

/// <summary>
/// Asks models every sample of their runs under every setting, so many at once as fill their batch, whichever run a sample is of, long answers first. Each answer is written when it
/// ends; a run that was stopped or killed goes on with the samples that are not in its log.
/// </summary>
/// <param name="atOnce">Samples under way at the same time, over all runs.</param>
public sealed class SuiteRunner(int atOnce)
{
    /// <summary>Asks what is missing in all runs.</summary>
    /// <param name="runs">Each with the model that its manifest names.</param>
    /// <param name="answered">Told of each answer once it is on the disk; from any thread.</param>
    /// <exception cref="SuiteException">A model cannot be asked what a set wants, or failed: names the set and the sample. What was answered is kept.</exception>
    public async Task RunAsync(IReadOnlyList<(RunModel Model, RunFolder Run)> runs, Action<RunFolder, SampleResult>? answered = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        foreach ((RunModel model, RunFolder run) in runs) RefuseWhatCannotBe(model, run.Set);
        // The longest answers first: what is left when the batch can no longer be filled is short.
        Question[] missing = [.. runs.SelectMany(run => Missing(run.Model, run.Run)).OrderByDescending(question => question.Expected)];
        await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancel }, async (question, stop) =>
        {
            SampleResult result = await AskAsync(question, stop);
            question.Run.Add(result);
            answered?.Invoke(question.Run, result);
        });
    }

    static void RefuseWhatCannotBe(RunModel model, EvalSet set)
    {
        if (model.Shorten is null && set.Settings.Any(setting => setting.MaxSourceLength is not null))
            throw new SuiteException($"{set.Id}: max_source_length counts tokens, and {model.Identity.Name} does not say how it counts them; run the set without this axis (--with max_source_length=0)");
        if (!model.TakesTools && set.Samples.FirstOrDefault(sample => sample.Tools is not null) is { } tools)
            throw new SuiteException($"{set.Id}: the sample '{tools.Id}' gives the model tools, which {model.Identity.Name} cannot be given");
        foreach ((int i, SuiteSetting setting) in set.Settings.Index()) RefuseWhatNeverFits(model, set, i, setting);
    }

    /// <summary>Of the prompt with the most turns a template writes the most: if that one cannot be cut short enough, it is better known before hours of answers.</summary>
    static void RefuseWhatNeverFits(RunModel model, EvalSet set, int index, SuiteSetting setting)
    {
        if (setting.MaxSourceLength is not int most || set.Samples.MaxBy(sample => set.Prompt(sample, setting).Count) is not { } sample) return;
        try
        {
            model.Shorten!(set.Prompt(sample, setting), sample.Tools, most);
        }
        catch (SuiteException error)
        {
            throw new SuiteException($"{set.Id}: {model.Identity.Name} cannot be asked the sample '{sample.Id}' (setting {index}): {error.Message}", error);
        }
    }

    static IEnumerable<Question> Missing(RunModel model, RunFolder run)
    {
        var there = run.Record.Results.Select(result => (result.Setting, result.Sample)).ToHashSet();
        return run.Set.Settings.SelectMany((setting, i) => run.Set.Samples.Where(sample => !there.Contains((i, sample.Id))).Select(sample => new Question(model, run, i, setting, sample)));
    }

    static async Task<SampleResult> AskAsync(Question question, CancellationToken cancel)
    {
        (RunModel model, RunFolder run, int index, SuiteSetting setting, EvalSample sample) = question;
        try
        {
            IReadOnlyList<EvalMessage> prompt = run.Set.Prompt(sample, setting);
            int cut = 0;
            if (setting.MaxSourceLength is int most) (prompt, cut) = model.Shorten!(prompt, sample.Tools, most);
            ChatOptions options = GenerationSettings.Options(run.Set, setting, run.Manifest.Seed);
            if (sample.Tools is { } tools) options.AdditionalProperties = new AdditionalPropertiesDictionary { ["tools"] = tools };
            ChatResponse response = await model.Client.GetResponseAsync(prompt.Select(message => new ChatMessage(new ChatRole(message.Role), message.Content)), options, cancel);
            ReferenceLoss? loss = model.Score is { } score && sample.References.Count > 0 ? await score(prompt, sample.Tools, sample.References[0], cancel) : null;
            return new SampleResult(index, sample.Id, response.Text, Property(response, "outcome") as string ?? response.FinishReason?.Value)
            {
                Prompt = cut > 0 ? prompt : null,
                CutTokens = cut > 0 ? cut : null,
                PromptTokens = response.Usage?.InputTokenCount,
                CompletionTokens = response.Usage?.OutputTokenCount,
                Ids = Property(response, "ids") as IReadOnlyList<int>,
                Logprobs = Property(response, "logprobs") as IReadOnlyList<float>,
                Nats = loss?.Nats,
                LossTokens = loss?.Tokens,
                LossBytes = loss?.Bytes,
            };
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            throw new SuiteException($"{run.Set.Id}: {model.Identity.Name} could not be asked the sample '{sample.Id}' (setting {index}): {error.Message}. What was answered is kept", error);
        }
    }

    /// <summary>Where a streamed answer's properties end up depends on whether its updates name a message.</summary>
    static object? Property(ChatResponse response, string name) =>
        response.AdditionalProperties?.GetValueOrDefault(name) ?? response.Messages.LastOrDefault()?.AdditionalProperties?.GetValueOrDefault(name);

    sealed record Question(RunModel Model, RunFolder Run, int Index, SuiteSetting Setting, EvalSample Sample)
    {
        const long BytesPerToken = 4;

        /// <summary>UTF-8 bytes that an answer like the longest reference has, as far as the setting lets it; nobody knows without a reference.</summary>
        public long Expected { get; } = Math.Min(
            Sample.References.Count > 0 ? Sample.References.Max(reference => Encoding.UTF8.GetByteCount(reference)) : long.MaxValue, Setting.MaxTargetLength is int most ? BytesPerToken * most : long.MaxValue);
    }
}
