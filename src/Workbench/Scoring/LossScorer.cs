using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Tokenization;
using Juxta.Training.Samples;

namespace Juxta.Workbench.Scoring;

/// <summary>
/// Masked loss of texts under a model and its adapters, through the engine's own prompt scoring: probabilities are of the whole row of logits, as in training.
/// Ask for any number of texts at once: as many as keep the engine full are with it, in the order of the calls. Safe from any thread.
/// </summary>
/// <param name="engine">Runs the model.</param>
/// <param name="adapters">Adapters that act on every text.</param>
/// <param name="tokenizer">Says which text tokens stand for; null = nobody knows.</param>
public sealed class LossScorer(InferenceEngine engine, IReadOnlyList<AdapterUse> adapters, Tokenizer? tokenizer) : IDisposable
{
    readonly SemaphoreSlim _places = new(Math.Min(2 * engine.Options.MaxSequences, engine.Options.QueueLength));

    /// <summary>The loss of one text's labels; <see cref="NextTokens"/> says which output each belongs to.</summary>
    /// <exception cref="RequestException">The text is longer than the context, or an id is none of the model's.</exception>
    /// <exception cref="WorkbenchException">The model gives no numbers for it.</exception>
    public async Task<TextLoss> ScoreAsync(TrainingSample sample, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (sample.Segments.Count > 1) throw new ArgumentException("a packed sample is several texts; score them one by one", nameof(sample));
        await _places.WaitAsync(cancel);
        try
        {
            int[] targets = NextTokens.Targets(sample);
            // A score stands with its token, a target with the output before it.
            int first = Array.FindIndex(targets, target => target != TrainingSample.NoLoss) + 1;
            RunningGeneration scoring = engine.Submit(new GenerationRequest { PromptIds = sample.Ids, Adapters = adapters, ScorePrompt = true, ScoreFrom = first, MaxTokens = 0 });
            await using CancellationTokenRegistration stop = cancel.Register(scoring.Cancel);
            Outcome outcome = await scoring.Completion;
            cancel.ThrowIfCancellationRequested();
            if (outcome.Kind == OutcomeKind.Error) throw new WorkbenchException($"the text could not be scored: {outcome.Detail}");
            if (outcome.Kind == OutcomeKind.Cancelled) throw new OperationCanceledException("the engine was stopped");
            return Sum(sample, targets, scoring.PromptScores);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    TextLoss Sum(TrainingSample sample, int[] targets, IReadOnlyList<TokenScore> scores)
    {
        double nats = 0;
        int tokens = 0;
        for (int t = 0; t < targets.Length - 1; t++)
        {
            if (targets[t] == TrainingSample.NoLoss) continue;
            nats -= scores[t + 1].LogProb!.Value;
            tokens++;
        }
        return new TextLoss(nats, tokens, tokenizer is null ? null : LabelledText.Bytes(tokenizer, sample.Ids, targets));
    }
}
