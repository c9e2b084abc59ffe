using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Juxta.Engine.Generation;

/// <summary>A generation under way: read its steps once, in order; cancel it; learn its usage.</summary>
public sealed class RunningGeneration
{
    // Unbounded, yet never longer than the request's max tokens: a slow reader must not stall the engine.
    readonly Channel<MadeStep> _steps = Channel.CreateUnbounded<MadeStep>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    readonly TaskCompletionSource<Outcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly long _asked = Stopwatch.GetTimestamp();
    volatile bool _cancelled;
    volatile int _completionTokens;
    volatile IReadOnlyList<TokenScore> _promptScores = [];
    int _readers;

    internal RunningGeneration(GenerationRequest request) => Request = request;

    /// <summary>The value that decided the answer.</summary>
    public GenerationRequest Request { get; }

    /// <summary>How it ended, as soon as it has. Never faults: a failure is the outcome <c>error</c>.</summary>
    public Task<Outcome> Completion => _completion.Task;

    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens => Request.PromptIds.Count;

    /// <summary>Tokens drawn so far, an end-of-sequence or stop id included.</summary>
    public int CompletionTokens => _completionTokens;

    /// <summary>Scores of the prompt's tokens, when asked for; complete before the first step arrives.</summary>
    public IReadOnlyList<TokenScore> PromptScores => _promptScores;

    internal bool IsCancelled => _cancelled;

    /// <summary>
    /// The steps of the answer, the last with its outcome. Reading is for one reader; not reading does not stall the engine. Cancelling the
    /// reading leaves the generation running; a later call goes on where this one stopped.
    /// </summary>
    /// <exception cref="InvalidOperationException">Somebody is reading already.</exception>
    public async IAsyncEnumerable<GeneratedToken> ReadAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (TimedToken step in ReadTimedAsync(cancel)) yield return step.Token;
    }

    /// <summary><see cref="ReadAsync"/>, with the time at which the engine made each step: a reader that comes late or slowly still learns the engine's speed.</summary>
    /// <exception cref="InvalidOperationException">Somebody is reading already.</exception>
    public async IAsyncEnumerable<TimedToken> ReadTimedAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        if (Interlocked.Exchange(ref _readers, 1) != 0) throw new InvalidOperationException("this generation is being read already; its steps are for one reader");
        try
        {
            await foreach (MadeStep step in _steps.Reader.ReadAllAsync(cancel)) yield return new TimedToken(step.Step.ToToken(), step.At);
        }
        finally
        {
            Volatile.Write(ref _readers, 0);
        }
    }

    /// <summary>Ends it at the next step with the outcome <c>cancelled</c> and frees its cache blocks.</summary>
    public void Cancel() => _cancelled = true;

    internal void SetPromptScores(IReadOnlyList<TokenScore> scores) => _promptScores = scores;

    /// <summary>Adds a step; the one with an outcome is the last.</summary>
    internal void Write(AnswerStep step)
    {
        if (step.Id is not null) _completionTokens++;
        _steps.Writer.TryWrite(new MadeStep(step, Stopwatch.GetElapsedTime(_asked)));
        if (step.Outcome is null) return;
        _steps.Writer.TryComplete();
        _completion.TrySetResult(step.Outcome);
    }

    readonly record struct MadeStep(AnswerStep Step, TimeSpan At);
}

/// <summary>A step of an answer and when the engine made it.</summary>
/// <param name="At">Time since the request was submitted.</param>
public readonly record struct TimedToken(GeneratedToken Token, TimeSpan At);
